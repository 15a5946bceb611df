using System.Globalization;

namespace Fogbank.Services.S3.Domain;

/// <summary>A tag of a bucket or an object.</summary>
internal sealed record TagRecord(string Key, string Value);

/// <summary>The rules of tags. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html</summary>
internal static class TagRules
{
    public const int MaxObjectTags = 10;
    public const int MaxBucketTags = 50;
    private const int MaxKey = 128;
    private const int MaxValue = 256;

    /// <summary>Checks a tag set and gives it back; throws S3's errors.</summary>
    public static IReadOnlyList<TagRecord> Check(IEnumerable<TagRecord> tags, bool ofBucket)
    {
        var result = new List<TagRecord>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (tag.Key.Length is 0 or > MaxKey || !HasOnlyAllowed(tag.Key))
            {
                throw S3Errors.InvalidTag("The TagKey you have provided is invalid", ("TagKey", tag.Key));
            }

            if (tag.Key.StartsWith("aws:", StringComparison.Ordinal))
            {
                throw S3Errors.InvalidTag(
                    ofBucket ? "System tags cannot be added/updated by requester" : "Your TagKey cannot be prefixed with aws:", ("TagKey", tag.Key));
            }

            if (tag.Value.Length > MaxValue || !HasOnlyAllowed(tag.Value))
            {
                throw S3Errors.InvalidTag("The TagValue you have provided is invalid", ("TagKey", tag.Key), ("TagValue", tag.Value));
            }

            if (!keys.Add(tag.Key))
            {
                throw S3Errors.InvalidTag("Cannot provide multiple Tags with the same key", ("TagKey", tag.Key));
            }

            result.Add(tag);
        }

        var limit = ofBucket ? MaxBucketTags : MaxObjectTags;
        if (result.Count > limit)
        {
            throw S3Errors.BadRequest($"{(ofBucket ? "Bucket" : "Object")} tags cannot be greater than {limit}");
        }

        return result;
    }

    /// <summary>Reads <c>x-amz-tagging</c>: URL query parameters without a name twice.</summary>
    public static IReadOnlyList<TagRecord>? ParseHeader(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        var tags = new List<TagRecord>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in header.Split('&'))
        {
            var parts = pair.Split('=', 2);
            if (!UrlText.TryDecode(parts[0], out var key)
                || !UrlText.TryDecode(parts.Length > 1 ? parts[1] : "", out var value)
                || key.Length == 0
                || !keys.Add(key))
            {
                throw S3Errors.InvalidArgument(
                    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
                    "x-amz-tagging",
                    header);
            }

            tags.Add(new(key, value));
        }

        return Check(tags, ofBucket: false);
    }

    private static bool HasOnlyAllowed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var c = rune.IsBmp ? (char)rune.Value : '\0';
            var allowed = System.Text.Rune.IsLetterOrDigit(rune)
                || System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.OtherNumber
                    or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                || "_.:/=+-@".Contains(c, StringComparison.Ordinal);
            if (!allowed)
            {
                return false;
            }
        }

        return true;
    }
}
