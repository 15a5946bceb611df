using Fogbank.Contracts;
using Fogbank.Wire.Validation;

namespace Fogbank.Wire.Protocols;

/// <summary>Errors that AWS's framework makes before a service is reached. They are in no service's model.</summary>
internal static class ProtocolErrors
{
    public static WireError Serialization(WireFormatException exception) =>
        new(new ErrorCode("SerializationException", 400), exception.Message) { IsModelled = false };

    public static WireError Validation(OperationSchema operation, IReadOnlyList<Violation> violations)
    {
        var policy = ValidationPolicy.For(operation.Api);
        return new WireError(new ErrorCode(policy.CodeFor(operation), 400), policy.Message(violations)) { IsModelled = false };
    }

    /// <summary>A form or XML body of a query API that cannot be read.</summary>
    public static WireError MalformedInput(WireFormatException exception) =>
        new(new ErrorCode("MalformedInput", 400), exception.Message) { IsModelled = false };
}
