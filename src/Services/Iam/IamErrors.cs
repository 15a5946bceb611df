using Fogbank.Contracts.Iam;
using Fogbank.Kernel;

namespace Fogbank.Services.Iam;

/// <summary>IAM's errors, in AWS's words.</summary>
internal static class IamErrors
{
    internal static AwsException NoSuchRole(string name) => new(IamErrorCodes.NoSuchEntityException, $"The role with name {name} cannot be found.");

    internal static AwsException NoSuchUser(string name) => new(IamErrorCodes.NoSuchEntityException, $"The user with name {name} cannot be found.");

    internal static AwsException NoSuchInlinePolicy(string kind, string policy) =>
        new(IamErrorCodes.NoSuchEntityException, $"The {kind} policy with name {policy} cannot be found.");

    internal static AwsException NoSuchAccessKey(string id) =>
        new(IamErrorCodes.NoSuchEntityException, $"The Access Key with id {id} cannot be found.");

    internal static AwsException PolicyNotFound(string arn) => new(IamErrorCodes.NoSuchEntityException, $"Policy {arn} was not found.");

    internal static AwsException PolicyVersionNotFound(string arn, string version) =>
        new(IamErrorCodes.NoSuchEntityException, $"Policy {arn} version {version} does not exist or is not attachable.");

    internal static AwsException PolicyNotAttachable(string arn) =>
        new(IamErrorCodes.NoSuchEntityException, $"Policy {arn} does not exist or is not attachable.");

    /// <summary>AWS's sentence for roles (https://github.com/aws/aws-cdk/issues/6131).</summary>
    internal static AwsException PolicyOfServiceLinkedRole(string kind) =>
        new(IamErrorCodes.PolicyNotAttachableException, $"Cannot attach a Service Role Policy to a Customer {kind}.");

    internal static AwsException RoleExists(string name) =>
        new(IamErrorCodes.EntityAlreadyExistsException, $"Role with name {name} already exists.");

    internal static AwsException UserExists(string name) =>
        new(IamErrorCodes.EntityAlreadyExistsException, $"User with name {name} already exists.");

    internal static AwsException PolicyExists(string name) =>
        new(IamErrorCodes.EntityAlreadyExistsException, $"A policy called {name} already exists. Duplicate names are not allowed.");

    internal static AwsException MalformedPolicy(string fault) => new(IamErrorCodes.MalformedPolicyDocumentException, fault);

    internal static AwsException LimitExceeded(string message) => new(IamErrorCodes.LimitExceededException, message);

    internal static AwsException MustDetachFirst() =>
        new(IamErrorCodes.DeleteConflictException, "Cannot delete entity, must detach all policies first.");

    internal static AwsException MustDeletePoliciesFirst() =>
        new(IamErrorCodes.DeleteConflictException, "Cannot delete entity, must delete policies first.");

    internal static AwsException MustDeleteAccessKeysFirst() =>
        new(IamErrorCodes.DeleteConflictException, "Cannot delete entity, must delete access keys first.");

    internal static AwsException PolicyIsAttached() =>
        new(IamErrorCodes.DeleteConflictException, "Cannot delete a policy attached to entities.");

    internal static AwsException PolicyHasVersions() =>
        new(IamErrorCodes.DeleteConflictException, "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");

    internal static AwsException DefaultVersionCannotGo() =>
        new(IamErrorCodes.DeleteConflictException, "Cannot delete the default version of a policy.");

    internal static AwsException InvalidArn() => Validation("Invalid ARN:  Could not be parsed!");

    internal static AwsException InvalidMarker() => Validation("Invalid Marker.");

    internal static AwsException UserNameNeeded() =>
        Validation("Must specify userName when calling with non-User credentials");

    internal static AwsException Validation(string message) => new(ValidationError, message);

    // No model names it; every query API sends it.
    internal static Fogbank.Contracts.ErrorCode ValidationError { get; } = new("ValidationError", 400);
}
