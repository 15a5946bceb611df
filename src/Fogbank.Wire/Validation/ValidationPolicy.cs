using System.Collections.Frozen;
using Fogbank.Contracts;

namespace Fogbank.Wire.Validation;

/// <summary>How one API words its validation errors. Recorded from AWS; what is not recorded takes the protocol's usual form.</summary>
internal sealed record ValidationPolicy
{
    private static readonly FrozenDictionary<string, ValidationPolicy> ByApi = new Dictionary<string, ValidationPolicy>(StringComparer.Ordinal)
    {
        ["apigateway"] = new() { ItemsSayNotNull = false },

        ["ecs"] = new() { Code = "InvalidParameterException" },

        // One fault at a time, in a form of its own: seen in reports of users; what ECR says of lengths and numbers was not.
        ["ecr"] = new() { Code = "InvalidParameterException", TellsFirstAlone = true },

        // Values are not repeated and enumerations not listed: seen in every recorded answer of IAM.
        ["iam"] = new() { Code = "ValidationError", PrintsValues = false, PrintsEnumValues = false },

        // A runtime may also be an ARN, so Lambda checks it itself, under its own code. Lists of a VpcConfig come from another service's model.
        ["lambda"] = new()
        {
            LeftToService = ["CreateFunctionRequest.Runtime", "UpdateFunctionConfigurationRequest.Runtime"],
            ItemsWithoutNotNull = ["SecurityGroupIds", "SubnetIds"],
        },
        ["logs"] = new()
        {
            Code = "InvalidParameterException",
            LaterOperations = "Delivery",
            LaterCode = "ValidationException",
            TooLong = ("logGroupName", "Invalid LogGroup or LogStream, both must have length less than or equal to 512."),
        },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly ValidationPolicy Json = new();
    private static readonly ValidationPolicy Xml = new() { Code = "ValidationError" };

    private ValidationPolicy()
    {
    }

    public string Code { get; private init; } = "ValidationException";

    /// <summary>Operations with this word in their name came with a newer framework and answer with <see cref="LaterCode"/>.</summary>
    public string? LaterOperations { get; private init; }

    public string? LaterCode { get; private init; }

    public bool PrintsValues { get; private init; } = true;

    public bool PrintsEnumValues { get; private init; } = true;

    /// <summary>Whether the demands on a list's items end with "Member must not be null".</summary>
    public bool ItemsSayNotNull { get; private init; } = true;

    /// <summary>Members whose items' demands do not end with it all the same.</summary>
    public IReadOnlyList<string> ItemsWithoutNotNull { get; private init; } = [];

    /// <summary>Whether the answer names the first fault only, as "Invalid parameter at 'x' failed to satisfy constraint: '…'".</summary>
    public bool TellsFirstAlone { get; private init; }

    /// <summary><c>Shape.Member</c> of what AWS's framework lets pass and the service itself refuses.</summary>
    public IReadOnlyList<string> LeftToService { get; private init; } = [];

    /// <summary>A member that has a message of its own where it is too long; default where there is none.</summary>
    public (string Member, string Message) TooLong { get; private init; }

    public static ValidationPolicy For(Api api) =>
        ByApi.TryGetValue(api.Name, out var policy) ? policy
        : api.Protocols is [WireProtocol.Query or WireProtocol.RestXml or WireProtocol.Ec2, ..] ? Xml
        : Json;

    public bool SaysNotNull(string member) => ItemsSayNotNull && !ItemsWithoutNotNull.Contains(member);

    /// <summary>The text of the error.</summary>
    public string Message(IReadOnlyList<Violation> violations) =>
        TooLong.Member is { } member && violations.Any(violation => violation.Path == member && violation.Demand.Contains("less than", StringComparison.Ordinal))
            ? TooLong.Message
            : TellsFirstAlone ? ValidationText.Alone(violations[0])
            : ValidationText.Message(violations, this);

    public string CodeFor(OperationSchema operation) =>
        LaterOperations is not null && operation.Name.Contains(LaterOperations, StringComparison.Ordinal) ? LaterCode! : Code;
}
