using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.Protocols;

/// <summary>What a codec sees of an HTTP request. The front door fills it after routing; nothing in it is trusted.</summary>
public sealed class WireRequest
{
    public required string Method { get; init; }

    /// <summary>The path as it came, percent-encoded, without the query.</summary>
    public required string RawPath { get; init; }

    /// <summary>The query as it came, without the question mark; "" where there is none.</summary>
    public string RawQuery { get; init; } = "";

    public required IHeaderDictionary Headers { get; init; }

    /// <summary>Values of the labels of the operation's URI, percent-decoded, by wire name; null where the protocol has none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The body, read whole under a limit; empty where <see cref="BodyStream"/> is set.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body as it arrives: set exactly for operations with <see cref="Contracts.OperationSchema.HasStreamingInput"/>.</summary>
    public Stream? BodyStream { get; init; }

    /// <summary>Makes an idempotency token for a member that asks for one and was not sent.</summary>
    public required Func<string> NewToken { get; init; }
}
