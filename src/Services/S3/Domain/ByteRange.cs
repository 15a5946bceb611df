using System.Globalization;

namespace Fogbank.Services.S3.Domain;

/// <summary>A stretch of an object's bytes.</summary>
internal readonly record struct ByteRange(long First, long Length)
{
    public long Last => First + Length - 1;

    public string ContentRange(long size) => string.Create(CultureInfo.InvariantCulture, $"bytes {First}-{Last}/{size}");

    /// <summary>
    /// Reads a <c>Range</c> header as S3 does: one range is honoured, several or a header that is no byte range mean the whole object.
    /// </summary>
    /// <param name="range">The stretch; null for the whole.</param>
    /// <returns>False where the range cannot be satisfied (416).</returns>
    public static bool TryParse(string? header, long size, out ByteRange? range)
    {
        range = null;
        if (header is null || !header.StartsWith("bytes=", StringComparison.Ordinal))
        {
            return true;
        }

        var text = header.AsSpan("bytes=".Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Contains(','))
        {
            return true;
        }

        var first = text[..dash];
        var last = text[(dash + 1)..];
        if (first.IsEmpty)
        {
            return TryNumber(last, out var suffix) ? TrySuffix(suffix, size, out range) : true;
        }

        if (!TryNumber(first, out var from))
        {
            return true;
        }

        var to = size - 1;
        if (!last.IsEmpty)
        {
            if (!TryNumber(last, out to) || to < from)
            {
                return true;
            }

            to = Math.Min(to, size - 1);
        }

        if (from >= size)
        {
            return false;
        }

        range = new ByteRange(from, to - from + 1);
        return true;
    }

    /// <summary>Reads <c>x-amz-copy-source-range</c>, which must be of the form <c>bytes=first-last</c>.</summary>
    public static bool TryParseExact(string header, out ByteRange range)
    {
        range = default;
        if (!header.StartsWith("bytes=", StringComparison.Ordinal))
        {
            return false;
        }

        var text = header.AsSpan("bytes=".Length);
        var dash = text.IndexOf('-');
        if (dash <= 0 || !TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..], out var last) || last < first)
        {
            return false;
        }

        range = new ByteRange(first, last - first + 1);
        return true;
    }

    private static bool TrySuffix(long suffix, long size, out ByteRange? range)
    {
        range = null;
        if (suffix == 0 || size == 0)
        {
            return false;
        }

        var length = Math.Min(suffix, size);
        range = new ByteRange(size - length, length);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
