using Fogbank.Kernel.Signing;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.Signing;

/// <summary>Compares a signature with what the secret makes of the request as it was sent. Pure but for its cache of keys.</summary>
internal sealed class SignatureVerifier(SigningKeyCache keys)
{
    /// <summary>Null where the signature is right; else what was calculated, which S3 shows its clients.</summary>
    /// <param name="facts">The request.</param>
    /// <param name="signature">What it carries.</param>
    /// <param name="secretAccessKey">Secret of its key.</param>
    /// <param name="payloadHash">Hash of the body in hexadecimal, or the word that stands for it.</param>
    public SignatureMismatch? Verify(RequestFacts facts, RequestSignature signature, string secretAccessKey, string payloadHash)
    {
        var headers = facts.Request.Headers;
        var canonical = CanonicalRequest.Build(
            facts.Method,
            facts.RawPath,
            facts.RawQuery,
            name => headers.TryGetValue(name, out var values) ? values.ToArray() : null,
            signature.SignedHeaders,
            payloadHash,
            signature.Scope.Service == "s3");
        var stringToSign = SigV4.StringToSign(signature.AmzDate, signature.Scope, canonical);
        var expected = SigV4.Sign(keys.Get(secretAccessKey, signature.Scope), stringToSign);
        return SigV4.Matches(expected, signature.Signature) ? null : new SignatureMismatch(canonical, stringToSign);
    }

    /// <summary>The first header that must be signed and is not: the host, and whatever tells the service something. Null where all are.</summary>
    public static string? FindUnsigned(RequestFacts facts, RequestSignature signature)
    {
        if (!signature.SignedHeaders.Contains("host") && !signature.SignedHeaders.Contains(":authority"))
        {
            return "host";
        }

        foreach (var (name, _) in facts.Request.Headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase)
                && !signature.SignedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return name.ToLowerInvariant();
            }
        }

        return null;
    }
}

/// <summary>What the receiver calculated.</summary>
internal sealed record SignatureMismatch(string CanonicalRequest, string StringToSign);
