using System.Globalization;
using System.Text;
using Fogbank.Contracts;
using Fogbank.Kernel;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.FrontDoor;

namespace Fogbank.Wire.Signing;

/// <summary>What AWS says of signatures. The same fault has another name in each family of protocols.</summary>
internal static class SigningErrors
{
    private const string InvalidToken = "The security token included in the request is invalid.";

    public static AwsException Of(SignatureProblem problem, ErrorStyle style) => (problem.Fault, style) switch
    {
        (SignatureFault.UnsupportedScheme, ErrorStyle.S3) => new(new ErrorCode("InvalidArgument", 400), problem.Message),
        (SignatureFault.UnsupportedVersion, ErrorStyle.S3) => new(new ErrorCode("InvalidRequest", 400), problem.Message),
        (SignatureFault.MalformedQuery, ErrorStyle.S3) => new(new ErrorCode("AuthorizationQueryParametersError", 400), problem.Message),
        (SignatureFault.IncompleteVersion2, ErrorStyle.S3) => new(new ErrorCode("AccessDenied", 403), problem.Message),
        (_, ErrorStyle.S3) => new(new ErrorCode("AuthorizationHeaderMalformed", 400), problem.Message),
        (_, ErrorStyle.Query) => new(new ErrorCode("IncompleteSignature", 400), problem.Message),
        (_, ErrorStyle.Json) => new(new ErrorCode("IncompleteSignatureException", 400), problem.Message),
        _ => new(new ErrorCode("IncompleteSignatureException", 403), problem.Message),
    };

    public static AwsException Missing(ErrorStyle style) => style switch
    {
        ErrorStyle.S3 => new(new ErrorCode("AccessDenied", 403), "Access Denied"),
        ErrorStyle.Query => new(new ErrorCode("MissingAuthenticationToken", 403), "Request is missing Authentication Token"),
        ErrorStyle.Json => new(new ErrorCode("MissingAuthenticationTokenException", 400), "Missing Authentication Token"),
        _ => new(new ErrorCode("MissingAuthenticationTokenException", 403), "Missing Authentication Token"),
    };

    public static AwsException UnknownKey(ErrorStyle style, string accessKeyId) => style switch
    {
        ErrorStyle.S3 => new(
            new ErrorCode("InvalidAccessKeyId", 403),
            "The AWS Access Key Id you provided does not exist in our records.",
            new Dictionary<string, string> { ["AWSAccessKeyId"] = accessKeyId }),
        ErrorStyle.Query => new(new ErrorCode("InvalidClientTokenId", 403), InvalidToken),
        ErrorStyle.Json => new(new ErrorCode("UnrecognizedClientException", 400), InvalidToken),
        _ => new(new ErrorCode("UnrecognizedClientException", 403), InvalidToken),
    };

    public static AwsException ExpiredToken(ErrorStyle style) => style switch
    {
        ErrorStyle.S3 => new(new ErrorCode("ExpiredToken", 400), "The provided token has expired."),
        ErrorStyle.Query => new(new ErrorCode("ExpiredToken", 403), "The security token included in the request is expired"),
        ErrorStyle.Json => new(new ErrorCode("ExpiredTokenException", 400), "The security token included in the request is expired"),
        _ => new(new ErrorCode("ExpiredTokenException", 403), "The security token included in the request is expired"),
    };

    public static AwsException Mismatch(ErrorStyle style, RequestSignature signature, SignatureMismatch mismatch) => style == ErrorStyle.S3
        ? new(
            new ErrorCode("SignatureDoesNotMatch", 403),
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            MismatchMembers(signature, mismatch))
        : Mismatch(style, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");

    private static Dictionary<string, string> MismatchMembers(RequestSignature signature, SignatureMismatch mismatch)
    {
        var members = new Dictionary<string, string>
        {
            ["AWSAccessKeyId"] = signature.AccessKeyId,
            ["StringToSign"] = mismatch.StringToSign,
            ["SignatureProvided"] = signature.Signature,
            ["StringToSignBytes"] = Bytes(mismatch.StringToSign),
        };
        if (!signature.IsVersion2)
        {
            members["CanonicalRequest"] = mismatch.CanonicalRequest;
            members["CanonicalRequestBytes"] = Bytes(mismatch.CanonicalRequest);
        }

        return members;
    }

    public static AwsException UnsignedHeader(ErrorStyle style, string header) => style == ErrorStyle.S3
        ? new(
            new ErrorCode("AccessDenied", 403),
            "There were headers present in the request which were not signed",
            new Dictionary<string, string> { ["HeadersNotSigned"] = header })
        : Mismatch(style, header == "host" ? "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization." : $"'{header}' must be a 'SignedHeader' in the AWS Authorization.");

    /// <summary>The chunk or trailer signatures of a streamed body do not hold.</summary>
    public static AwsException ChunkMismatch() =>
        new(
            new ErrorCode("SignatureDoesNotMatch", 403),
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.");

    /// <summary>The day of the scope is not the day of signing.</summary>
    public static AwsException WrongDay(ErrorStyle style, RequestSignature signature) => style == ErrorStyle.S3
        ? new(
            new ErrorCode(signature.IsPresigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed", 400),
            $"Invalid credential date \"{signature.Scope.Date}\". This date is not the same as X-Amz-Date: \"{signature.AmzDate[..8]}\".")
        : Mismatch(style, $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{signature.Scope.Date}' != '{signature.AmzDate[..8]}', from '{signature.AmzDate}'.");

    public static AwsException Skewed(ErrorStyle style, RequestSignature signature, DateTimeOffset now, TimeSpan allowed)
    {
        if (style == ErrorStyle.S3)
        {
            return new(
                new ErrorCode("RequestTimeTooSkewed", 403),
                "The difference between the request time and the current time is too large.",
                new Dictionary<string, string>
                {
                    ["RequestTime"] = signature.AmzDate,
                    ["ServerTime"] = Iso(now),
                    ["MaxAllowedSkewMilliseconds"] = ((long)allowed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                });
        }

        var minutes = ((int)allowed.TotalMinutes).ToString(CultureInfo.InvariantCulture);
        return Mismatch(style, signature.SignedAt < now
            ? $"Signature expired: {signature.AmzDate} is now earlier than {SigV4.FormatDate(now - allowed)} ({SigV4.FormatDate(now)} - {minutes} min.)"
            : $"Signature not yet current: {signature.AmzDate} is still later than {SigV4.FormatDate(now + allowed)} ({SigV4.FormatDate(now)} + {minutes} min.)");
    }

    public static AwsException UrlExpired(ErrorStyle style, RequestSignature signature, DateTimeOffset now)
    {
        var lifetime = signature.Lifetime ?? TimeSpan.Zero;
        return style == ErrorStyle.S3
            ? new(new ErrorCode("AccessDenied", 403), "Request has expired", ExpiryMembers(signature, now))
            : Mismatch(style, $"Signature expired: {signature.AmzDate} is now earlier than {SigV4.FormatDate(now - lifetime)} ({SigV4.FormatDate(now)} - {(int)lifetime.TotalMinutes} min.)");
    }

    private static Dictionary<string, string> ExpiryMembers(RequestSignature signature, DateTimeOffset now)
    {
        var members = new Dictionary<string, string>();
        if (signature is { IsVersion2: false, Lifetime: { } lifetime })
        {
            members["X-Amz-Expires"] = ((long)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        members["Expires"] = Iso(signature.SignedAt + (signature.Lifetime ?? TimeSpan.Zero));
        members["ServerTime"] = Iso(now);
        return members;
    }

    public static AwsException UrlNotYetValid(ErrorStyle style, RequestSignature signature, DateTimeOffset now, TimeSpan allowed) =>
        style == ErrorStyle.S3 ? new(new ErrorCode("AccessDenied", 403), "Request is not valid yet") : Skewed(style, signature, now, allowed);

    /// <summary>The body is not the one whose hash was signed.</summary>
    public static AwsException PayloadMismatch(string stated, string computed) =>
        new(
            new ErrorCode("XAmzContentSHA256Mismatch", 400),
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            new Dictionary<string, string> { ["ClientComputedContentSHA256"] = stated, ["S3ComputedContentSHA256"] = computed });

    public static AwsException InvalidPayloadHash(string stated) =>
        new(
            new ErrorCode("InvalidArgument", 400),
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            new Dictionary<string, string> { ["ArgumentName"] = "x-amz-content-sha256", ["ArgumentValue"] = stated });

    private static AwsException Mismatch(ErrorStyle style, string message) =>
        new(new ErrorCode(style == ErrorStyle.Query ? "SignatureDoesNotMatch" : "InvalidSignatureException", 403), message);

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Bytes(string text) => string.Join(' ', Encoding.UTF8.GetBytes(text).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
}
