using System.Globalization;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Which bytes of a blob are asked for. Several ranges at once, and what is no range, mean the whole, as RFC 9110 allows.</summary>
internal readonly record struct BlobRange(long Offset, long Length, bool IsPartial, bool IsSatisfiable)
{
    private static readonly BlobRange Outside = new(0, 0, true, false);

    internal static BlobRange Whole(long size) => new(0, size, false, true);

    internal static BlobRange Parse(string? header, long size)
    {
        const string Unit = "bytes=";
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return Whole(size);
        }

        var text = header.AsSpan(Unit.Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0)
        {
            return Whole(size);
        }

        var (hasFirst, hasLast) = (TryRead(text[..dash], out var first), TryRead(text[(dash + 1)..], out var last));
        if (dash == 0)
        {
            // The last so many bytes.
            return !hasLast ? Whole(size) : last == 0 || size == 0 ? Outside : new(size - Math.Min(last, size), Math.Min(last, size), true, true);
        }

        if (!hasFirst || (!hasLast && dash + 1 < text.Length) || (hasLast && last < first))
        {
            return Whole(size);
        }

        return first >= size ? Outside : new(first, (hasLast ? Math.Min(last, size - 1) : size - 1) - first + 1, true, true);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
