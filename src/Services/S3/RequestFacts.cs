using System.Globalization;
using Fogbank.Kernel;

namespace Fogbank.Services.S3;

/// <summary>What several operations read off their requests in the same way.</summary>
internal static class RequestFacts
{
    /// <summary>
    /// What AWS answers for every object. Encryption of the data at rest is the disk's here (see the README): S3's own kind cannot be seen by
    /// any client, so a request for it asks for nothing else.
    /// </summary>
    public const string Encryption = "AES256";

    public static bool Any(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (value is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The body's length without its transfer framing. From the wire it must be known.</summary>
    public static long? BodyLength(RequestContext context, long? contentLength) =>
        context.Http is { } http ? http.DecodedContentLength ?? throw S3Errors.MissingContentLength() : contentLength;

    /// <summary>The content coding of the object itself: <c>aws-chunked</c> belongs to the transfer.</summary>
    public static string? StoredEncoding(string? header)
    {
        if (header is null)
        {
            return null;
        }

        var codings = header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(coding => !string.Equals(coding, "aws-chunked", StringComparison.OrdinalIgnoreCase));
        var stored = string.Join(',', codings);
        return stored.Length == 0 ? null : stored;
    }

    /// <summary>Header names have no case: S3 gives them back in lower case.</summary>
    public static IReadOnlyDictionary<string, string>? StoredMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is not { Count: > 0 })
        {
            return null;
        }

        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in metadata)
        {
            stored[name.ToLowerInvariant()] = value;
        }

        return stored;
    }

    /// <summary>A page size: at most <paramref name="max"/>, which is also the default.</summary>
    public static int PageSize(int? asked, int max, string argument)
    {
        if (asked is < 0)
        {
            throw S3Errors.InvalidArgument(
                $"Argument {argument} must be an integer between 0 and 2147483647",
                argument,
                asked.Value.ToString(CultureInfo.InvariantCulture));
        }

        return Math.Min(asked ?? max, max);
    }

    /// <summary>Whether a listing is to be URL-encoded.</summary>
    public static bool WantsUrlEncoding(string? encodingType) => encodingType switch
    {
        null => false,
        "url" => true,
        _ => throw S3Errors.InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType),
    };

    /// <summary>Versions are a later step: there is the version <c>null</c> only.</summary>
    public static void CheckVersion(string? versionId, string key)
    {
        if (versionId is null or "null")
        {
            return;
        }

        throw versionId.Length == 32 ? S3Errors.NoSuchVersion(key, versionId) : S3Errors.InvalidVersionId(versionId);
    }
}
