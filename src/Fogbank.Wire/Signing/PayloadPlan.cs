using Fogbank.Kernel.Signing;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.Signing;

/// <summary>How the body of a request is framed, and how far it is signed.</summary>
/// <param name="Stated">What the client says of its hash; null where it says nothing.</param>
/// <param name="IsChunked">The body is in the aws-chunked encoding.</param>
/// <param name="IsChunkSigned">Each chunk carries a signature.</param>
/// <param name="HasTrailer">Trailers stand behind the last chunk.</param>
internal readonly record struct PayloadPlan(string? Stated, bool IsChunked, bool IsChunkSigned, bool HasTrailer)
{
    private const string Streaming = "STREAMING-";

    /// <summary>The hash in hexadecimal that the whole body must have; null where it is not stated.</summary>
    public string? LiteralHash => Stated is { Length: 64 } ? Stated : null;

    /// <exception cref="Kernel.AwsException">The stated hash is none of what S3 knows.</exception>
    public static PayloadPlan Of(RequestFacts facts, RequestSignature? signature)
    {
        var stated = facts.Header("x-amz-content-sha256");
        if (signature is { IsPresigned: true } && (stated is null || !signature.SignedHeaders.Contains("x-amz-content-sha256")))
        {
            stated = RawQuery.Find(facts.RawQuery, "X-Amz-Content-Sha256") ?? stated;
        }

        var isChunked = HasChunkedEncoding(facts);
        switch (stated)
        {
            case null or SigV4.UnsignedPayload:
                return new PayloadPlan(stated, isChunked, false, isChunked && facts.Header("x-amz-trailer") is not null);
            case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
                return new PayloadPlan(stated, true, true, false);
            case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
                return new PayloadPlan(stated, true, true, true);
            case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
                return new PayloadPlan(stated, true, false, true);
            case { Length: 64 } when stated.All(char.IsAsciiHexDigit):
                return new PayloadPlan(stated, isChunked, false, isChunked && facts.Header("x-amz-trailer") is not null);
            case var _ when facts.Method is "GET" or "HEAD" && !stated.StartsWith(Streaming, StringComparison.Ordinal):
                return default;
            default:
                throw SigningErrors.InvalidPayloadHash(stated);
        }
    }

    /// <summary>What stands for the body in the canonical request.</summary>
    /// <param name="signature">The signature to verify.</param>
    /// <param name="body">The body, where it was read whole.</param>
    public string CanonicalHash(RequestSignature signature, ReadOnlyMemory<byte> body)
    {
        if (signature.Scope.Service != "s3")
        {
            return Stated ?? SigV4.HashHex(body.Span);
        }

        return Stated ?? (signature.IsPresigned ? SigV4.UnsignedPayload : SigV4.HashHex(body.Span));
    }

    private static bool HasChunkedEncoding(RequestFacts facts) =>
        facts.Header("Content-Encoding")?.Contains("aws-chunked", StringComparison.OrdinalIgnoreCase) is true;
}
