using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.Signing;

/// <summary>
/// The signature of version 2 in the query of an S3 URL. Nothing else of version 2 is served, but boto3 presigns with it to this day unless it
/// is told otherwise, and S3 takes it.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html</remarks>
internal static class OldUrlSignature
{
    /// <summary>Parameters that name a part of the resource, or change the answer's headers, are part of what is signed.</summary>
    private static readonly FrozenSet<string> SignedParameters = FrozenSet.Create(
        StringComparer.Ordinal,
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "encryption", "inventory", "lifecycle", "location", "logging",
        "metrics", "notification", "object-lock", "partNumber", "policy", "publicAccessBlock", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
        "response-content-type", "response-expires", "restore", "select", "select-type", "storageClass", "tagging", "torrent", "uploadId",
        "uploads", "versionId", "versioning", "versions", "website");

    /// <summary>Null where the signature is right; else what was calculated.</summary>
    /// <param name="facts">The request.</param>
    /// <param name="signature">What it carries.</param>
    /// <param name="secretAccessKey">Secret of its key.</param>
    /// <param name="resourcePath">The path as sent, behind its bucket where that stands in the host name.</param>
    public static SignatureMismatch? Verify(RequestFacts facts, RequestSignature signature, string secretAccessKey, string resourcePath)
    {
        var text = StringToSign(facts, resourcePath);
#pragma warning disable CA5350 // The signature of version 2 is HMAC-SHA1 by its definition.
        var mac = HMACSHA1.HashData(Encoding.UTF8.GetBytes(secretAccessKey), Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
        return SigV4.Matches(Convert.ToBase64String(mac), signature.Signature) ? null : new SignatureMismatch("", text);
    }

    internal static string StringToSign(RequestFacts facts, string resourcePath)
    {
        var text = new StringBuilder();
        text.Append(facts.Method).Append('\n');
        text.Append(HeaderOrParameter(facts, "content-md5")).Append('\n');
        text.Append(HeaderOrParameter(facts, "content-type")).Append('\n');
        text.Append(RawQuery.Find(facts.RawQuery, "Expires")).Append('\n');
        foreach (var (name, value) in AmzValues(facts))
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }

        text.Append(resourcePath);
        var separator = '?';
        foreach (var (name, value) in Parameters(facts).Where(pair => SignedParameters.Contains(pair.Name)).OrderBy(pair => pair.Name, StringComparer.Ordinal))
        {
            text.Append(separator).Append(name);
            separator = '&';
            if (value is not null)
            {
                text.Append('=').Append(value);
            }
        }

        return text.ToString();
    }

    /// <summary>Clients move headers of these names into the query when they presign.</summary>
    private static SortedDictionary<string, string> AmzValues(RequestFacts facts)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in facts.Request.Headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                values[name.ToLowerInvariant()] = string.Join(',', value.Select(item => item?.Trim()));
            }
        }

        foreach (var (name, value) in Parameters(facts))
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                values.TryAdd(name.ToLowerInvariant(), value ?? "");
            }
        }

        return values;
    }

    private static string HeaderOrParameter(RequestFacts facts, string name) =>
        facts.Header(name) ?? Parameters(facts).FirstOrDefault(pair => pair.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    private static IEnumerable<(string Name, string? Value)> Parameters(RequestFacts facts) =>
        facts.RawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var mark
            ? (RawQuery.Decode(pair.AsSpan(0, mark)), RawQuery.Decode(pair.AsSpan(mark + 1)))
            : (RawQuery.Decode(pair), (string?)null));
}
