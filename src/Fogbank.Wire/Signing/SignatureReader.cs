using System.Globalization;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.Signing;

/// <summary>Finds the signature of a request, in its Authorization header or in its query.</summary>
internal static class SignatureReader
{
    private const long MaxLifetimeSeconds = 604_800;

    /// <summary>The signature, or what is wrong with it, or neither where the request carries none.</summary>
    public static (RequestSignature? Signature, SignatureProblem? Problem) Read(RequestFacts facts)
    {
        if (facts.Header("Authorization") is { } authorization)
        {
            return ReadHeader(facts, authorization);
        }

        if (facts.RawQuery.Length == 0)
        {
            return (null, null);
        }

        if (RawQuery.Has(facts.RawQuery, "X-Amz-Algorithm") || RawQuery.Has(facts.RawQuery, "X-Amz-Credential"))
        {
            return ReadQuery(facts);
        }

        return RawQuery.Has(facts.RawQuery, "AWSAccessKeyId") ? ReadVersion2(facts) : (null, null);
    }

    private static string Version2 => "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";

    private static (RequestSignature? Signature, SignatureProblem? Problem) ReadHeader(RequestFacts facts, string authorization)
    {
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space < 0 ? authorization : authorization[..space];
        if (scheme is "AWS" or "AWS3" or "AWS3-HTTPS" or "AWS4-ECDSA-P256-SHA256")
        {
            return (null, new(SignatureFault.UnsupportedVersion, Version2));
        }

        if (scheme != SigV4.Algorithm)
        {
            return (null, new(SignatureFault.UnsupportedScheme, "Unsupported Authorization Type"));
        }

        string? credential = null, headers = null, signature = null;
        foreach (var part in authorization[(space + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var mark = part.IndexOf('=', StringComparison.Ordinal);
            var value = mark < 0 ? "" : part[(mark + 1)..];
            switch (mark < 0 ? part : part[..mark])
            {
                case "Credential": credential = value; break;
                case "SignedHeaders": headers = value; break;
                case "Signature": signature = value; break;
            }
        }

        foreach (var (name, value) in new[] { ("Credential", credential), ("Signature", signature), ("SignedHeaders", headers) })
        {
            if (string.IsNullOrEmpty(value))
            {
                return (null, new(SignatureFault.Malformed, $"Authorization header requires '{name}' parameter. Authorization={scheme}"));
            }
        }

        if (!CredentialScope.TryParseCredential(credential, out var key, out var scope))
        {
            return (null, new(SignatureFault.Malformed, "The authorization header is malformed; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."));
        }

        if (!TryReadDate(facts, out var date, out var signedAt))
        {
            return (null, new(SignatureFault.Malformed, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."));
        }

        return (new RequestSignature
        {
            IsPresigned = false,
            AccessKeyId = key,
            Scope = scope,
            SignedHeaders = headers!.ToLowerInvariant().Split(';'),
            Signature = signature!,
            AmzDate = date,
            SignedAt = signedAt,
            SessionToken = facts.Header("X-Amz-Security-Token"),
        }, null);
    }

    private static (RequestSignature? Signature, SignatureProblem? Problem) ReadQuery(RequestFacts facts)
    {
        string? Value(string name) => RawQuery.Find(facts.RawQuery, name);
        static (RequestSignature?, SignatureProblem?) Refuse(string message) => (null, new(SignatureFault.MalformedQuery, message));

        var algorithm = Value("X-Amz-Algorithm");
        if (algorithm is "AWS4-ECDSA-P256-SHA256")
        {
            return (null, new(SignatureFault.UnsupportedVersion, Version2));
        }

        if (algorithm is null || Value("X-Amz-Credential") is not { } credential || Value("X-Amz-Signature") is not { } signature
            || Value("X-Amz-Date") is not { } date || Value("X-Amz-SignedHeaders") is not { } headers)
        {
            return Refuse("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        }

        if (algorithm != SigV4.Algorithm)
        {
            return Refuse("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        }

        if (!CredentialScope.TryParseCredential(credential, out var key, out var scope))
        {
            return Refuse("Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        }

        if (!SigV4.TryParseDate(date, out var signedAt))
        {
            return Refuse("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        }

        // Only S3 demands a life time; STS takes its own for granted.
        var expires = Value("X-Amz-Expires") ?? (scope.Service == "s3" ? "" : "900");
        if (!long.TryParse(expires, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return Refuse(expires.Length == 0
                ? "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
                : "X-Amz-Expires should be a number");
        }

        if (seconds < 0)
        {
            return Refuse("X-Amz-Expires must be non-negative");
        }

        if (seconds > MaxLifetimeSeconds)
        {
            return Refuse("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds");
        }

        return (new RequestSignature
        {
            IsPresigned = true,
            AccessKeyId = key,
            Scope = scope,
            SignedHeaders = headers.ToLowerInvariant().Split(';'),
            Signature = signature,
            AmzDate = date,
            SignedAt = signedAt,
            SessionToken = Value("X-Amz-Security-Token"),
            Lifetime = TimeSpan.FromSeconds(seconds),
        }, null);
    }

    private static (RequestSignature? Signature, SignatureProblem? Problem) ReadVersion2(RequestFacts facts)
    {
        if (RawQuery.Find(facts.RawQuery, "Signature") is not { Length: > 0 } signature
            || !long.TryParse(RawQuery.Find(facts.RawQuery, "Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || expires > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return (null, new(SignatureFault.IncompleteVersion2, "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"));
        }

        return (new RequestSignature
        {
            IsPresigned = true,
            IsVersion2 = true,
            AccessKeyId = RawQuery.Find(facts.RawQuery, "AWSAccessKeyId")!,
            Scope = new CredentialScope("", "", "s3"),
            SignedHeaders = [],
            Signature = signature,
            AmzDate = "",
            SignedAt = DateTimeOffset.FromUnixTimeSeconds(expires),
            SessionToken = RawQuery.Find(facts.RawQuery, "x-amz-security-token"),
            Lifetime = TimeSpan.Zero,
        }, null);
    }

    private static bool TryReadDate(RequestFacts facts, out string date, out DateTimeOffset signedAt)
    {
        date = facts.Header("X-Amz-Date") ?? "";
        if (date.Length > 0)
        {
            return SigV4.TryParseDate(date, out signedAt);
        }

        if (SigV4.TryParseDate(facts.Header("Date"), out signedAt)
            || DateTimeOffset.TryParseExact(facts.Header("Date"), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out signedAt))
        {
            date = SigV4.FormatDate(signedAt);
            return true;
        }

        return false;
    }
}
