using Fogbank.Contracts;

namespace Fogbank.Wire.Protocols;

/// <summary>One wire protocol, server side. Stateless; may be called from any thread.</summary>
public interface IProtocol
{
    WireProtocol Protocol { get; }

    /// <summary>
    /// A reader for one request. The input is then <c>TInput.Read(reader)</c>; afterwards <see cref="ShapeReader.Violations"/> tells whether it
    /// may be handed to the operation.
    /// </summary>
    /// <exception cref="WireFormatException">Here or while reading: see <see cref="Describe(OperationSchema, WireFormatException)"/>.</exception>
    ShapeReader CreateReader(OperationSchema operation, WireRequest request);

    /// <summary>The error for a request that cannot be parsed.</summary>
    WireError Describe(OperationSchema operation, WireFormatException exception);

    /// <summary>The error for a request that breaks its model; <paramref name="violations"/> is not empty.</summary>
    WireError Describe(OperationSchema operation, IReadOnlyList<Violation> violations);

    /// <summary>Writes a success. <paramref name="output"/> is null for an operation without an output.</summary>
    /// <remarks>A streaming output is copied with back-pressure and disposed, whatever happens.</remarks>
    ValueTask WriteSuccessAsync(OperationSchema operation, Shape? output, IWireResponse response, CancellationToken cancellationToken);

    /// <summary>Writes an error. <paramref name="api"/> is null where no service was recognized.</summary>
    ValueTask WriteErrorAsync(Api? api, WireError error, IWireResponse response, CancellationToken cancellationToken);
}
