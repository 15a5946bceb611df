using System.Text;

namespace Fogbank.Kernel.Signing;

/// <summary>The one spelling of a request that both sides hash.</summary>
public static class CanonicalRequest
{
    /// <summary>Builds the canonical request.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="rawPath">The path as sent, percent-encoded, nothing removed.</param>
    /// <param name="rawQuery">The query as sent, without its question mark; a signature in it is left out.</param>
    /// <param name="header">The values of a header by its lower-case name, in the order sent; null where it is absent.</param>
    /// <param name="signedHeaders">Lower-case names in order.</param>
    /// <param name="payloadHash">Hash of the body in hexadecimal, or one of the words that stand for it.</param>
    /// <param name="isS3">S3 encodes the path once and keeps every slash and dot; all others encode it twice and normalize it.</param>
    public static string Build(
        string method,
        string rawPath,
        string rawQuery,
        Func<string, IEnumerable<string?>?> header,
        IReadOnlyList<string> signedHeaders,
        string payloadHash,
        bool isS3)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(signedHeaders);
        var result = new StringBuilder(512);
        result.Append(method).Append('\n');
        result.Append(Path(rawPath, isS3)).Append('\n');
        result.Append(Query(rawQuery)).Append('\n');
        foreach (var name in signedHeaders)
        {
            result.Append(name).Append(':');
            AppendValues(result, header(name));
            result.Append('\n');
        }

        result.Append('\n').AppendJoin(';', signedHeaders).Append('\n').Append(payloadHash);
        return result.ToString();
    }

    /// <summary>The canonical path.</summary>
    public static string Path(string rawPath, bool isS3)
    {
        ArgumentNullException.ThrowIfNull(rawPath);
        if (rawPath.Length == 0)
        {
            return "/";
        }

        // Encoding twice means: what was sent is encoded once already, so its percent signs are encoded too.
        return isS3 ? SigV4Encoding.Recode(rawPath, keepSlash: true, plusIsSpace: false) : SigV4Encoding.Encode(Normalize(rawPath), keepSlash: true);
    }

    /// <summary>The canonical query: decoded, encoded again, sorted by name and value.</summary>
    public static string Query(string rawQuery)
    {
        ArgumentNullException.ThrowIfNull(rawQuery);
        if (rawQuery.Length == 0)
        {
            return "";
        }

        var pairs = new List<(string Name, string Value)>();
        foreach (var pair in rawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var mark = pair.IndexOf('=', StringComparison.Ordinal);
            var name = SigV4Encoding.Recode(mark < 0 ? pair : pair.AsSpan(0, mark), keepSlash: false, plusIsSpace: true);
            if (name != "X-Amz-Signature")
            {
                pairs.Add((name, mark < 0 ? "" : SigV4Encoding.Recode(pair.AsSpan(mark + 1), keepSlash: false, plusIsSpace: true)));
            }
        }

        pairs.Sort(static (left, right) =>
            string.CompareOrdinal(left.Name, right.Name) is var order and not 0 ? order : string.CompareOrdinal(left.Value, right.Value));
        return string.Join('&', pairs.Select(static pair => $"{pair.Name}={pair.Value}"));
    }

    private static string Normalize(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var segments = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "..")
            {
                if (segments.Count > 0)
                {
                    segments.RemoveAt(segments.Count - 1);
                }
            }
            else if (segment != ".")
            {
                segments.Add(segment);
            }
        }

        var joined = "/" + string.Join('/', segments);
        return path.EndsWith('/') && segments.Count > 0 ? joined + "/" : joined;
    }

    private static void AppendValues(StringBuilder result, IEnumerable<string?>? values)
    {
        var isFirst = true;
        foreach (var value in values ?? [])
        {
            if (!isFirst)
            {
                result.Append(',');
            }

            isFirst = false;
            AppendTrimmed(result, value.AsSpan().Trim());
        }
    }

    private static void AppendTrimmed(StringBuilder result, ReadOnlySpan<char> value)
    {
        var wasSpace = false;
        foreach (var c in value)
        {
            if (c == ' ' && wasSpace)
            {
                continue;
            }

            wasSpace = c == ' ';
            result.Append(c);
        }
    }
}
