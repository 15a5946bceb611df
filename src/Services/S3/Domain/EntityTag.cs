using System.Security.Cryptography;

namespace Fogbank.Services.S3.Domain;

/// <summary>ETags: stored without quotes, sent with them.</summary>
internal static class EntityTag
{
    public static string Quote(string tag) => $"\"{tag}\"";

    public static string Unquote(string tag)
    {
        var text = tag.AsSpan().Trim();
        if (text.StartsWith("W/", StringComparison.Ordinal))
        {
            text = text[2..];
        }

        return text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1].ToString() : text.ToString();
    }

    public static string OfHash(ReadOnlySpan<byte> md5) => Convert.ToHexStringLower(md5);

    /// <summary>The ETag of a multipart object: the MD5 of its parts' MD5s, and how many there are.</summary>
    public static string OfParts(IReadOnlyCollection<string> partTags)
    {
#pragma warning disable CA5351 // ETags are MD5 by AWS's definition.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        foreach (var tag in partTags)
        {
            hash.AppendData(Convert.FromHexString(tag));
        }

        return $"{Convert.ToHexStringLower(hash.GetCurrentHash())}-{partTags.Count}";
    }

    /// <summary>Whether a header with one or several tags, or <c>*</c>, names <paramref name="tag"/>.</summary>
    public static bool Matches(string header, string tag)
    {
        foreach (var item in header.AsSpan().Split(','))
        {
            var text = header.AsSpan()[item].Trim();
            if (text is "*" || string.Equals(Unquote(text.ToString()), tag, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
