using System.Collections.Frozen;
using Fogbank.Contracts;

namespace Fogbank.Wire.Validation;

/// <summary>How one API words its validation errors. Recorded from AWS; what is not recorded takes the protocol's usual form.</summary>
internal sealed record ValidationPolicy
{
    private static readonly FrozenDictionary<string, ValidationPolicy> ByApi = new Dictionary<string, ValidationPolicy>(StringComparer.Ordinal)
    {
        ["apigateway"] = new() { ItemsSayNotNull = false },

        // Values are not repeated and enumerations not listed: seen in every recorded answer of IAM.
        ["iam"] = new() { Code = "ValidationError", PrintsValues = false, PrintsEnumValues = false },
        ["logs"] = new() { Code = "InvalidParameterException", LaterOperations = "Delivery", LaterCode = "ValidationException" },
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

    public static ValidationPolicy For(Api api) =>
        ByApi.TryGetValue(api.Name, out var policy) ? policy
        : api.Protocols is [WireProtocol.Query or WireProtocol.RestXml or WireProtocol.Ec2, ..] ? Xml
        : Json;

    public string CodeFor(OperationSchema operation) =>
        LaterOperations is not null && operation.Name.Contains(LaterOperations, StringComparison.Ordinal) ? LaterCode! : Code;
}
