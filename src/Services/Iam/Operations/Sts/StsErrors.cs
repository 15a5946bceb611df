using Fogbank.Contracts.Sts;
using Fogbank.Kernel;

namespace Fogbank.Services.Iam.Operations.Sts;

/// <summary>STS's errors, in AWS's words.</summary>
internal static class StsErrors
{
    internal static AwsException InvalidArn(string arn) => IamErrors.Validation($"{arn} is invalid");

    /// <summary>AWS says the same whether the role is missing or does not trust the caller.</summary>
    internal static AwsException NotAuthorized(Principal caller, string roleArn) =>
        new(
            new Fogbank.Contracts.ErrorCode("AccessDenied", 403),
            $"User: {caller.Arn} is not authorized to perform: sts:AssumeRole on resource: {roleArn}");

    internal static AwsException DurationBeyondRole() =>
        IamErrors.Validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");

    internal static AwsException DurationBeyondChaining() =>
        IamErrors.Validation("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");

    internal static AwsException MalformedPolicy(string fault) => new(StsErrorCodes.MalformedPolicyDocumentException, fault);

    internal static AwsException SessionsCannotDoThis() =>
        new(new Fogbank.Contracts.ErrorCode("AccessDenied", 403), "Cannot call GetSessionToken with session credentials");
}
