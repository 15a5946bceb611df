using System.Globalization;
using Fogbank.Contracts;

namespace Fogbank.Wire.Text;

/// <summary>Instants as AWS's protocols write and read them.</summary>
internal static class Timestamps
{
    private const double MinSeconds = -62_135_596_800d;
    private const double MaxSeconds = 253_402_300_799d;

    private static readonly string[] IsoFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyyMMdd'T'HHmmssK",
        "yyyy-MM-dd",
    ];

    private static readonly string[] HttpFormats =
    [
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "ddd, dd MMM yyyy HH:mm:ss.FFFFFFF 'GMT'",
        "ddd, d MMM yyyy HH:mm:ss 'GMT'",
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
    ];

    /// <summary>Reads any of the forms: clients send ISO 8601 where seconds are asked for, and AWS takes it.</summary>
    public static bool TryParse(string text, out DateTimeOffset value)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length is 0 or > 64)
        {
            value = default;
            return false;
        }

        if (IsNumber(trimmed))
        {
            if (double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            {
                return TryFromSeconds(seconds, out value);
            }

            value = default;
            return false;
        }

        return DateTimeOffset.TryParseExact(LimitFraction(trimmed), IsoFormats, CultureInfo.InvariantCulture, Styles, out value)
            || DateTimeOffset.TryParseExact(trimmed, HttpFormats, CultureInfo.InvariantCulture, Styles, out value);
    }

    /// <summary>Seconds since 1970 to an instant, exact to the millisecond.</summary>
    public static bool TryFromSeconds(double seconds, out DateTimeOffset value)
    {
        if (!(seconds >= MinSeconds && seconds <= MaxSeconds))
        {
            value = default;
            return false;
        }

        value = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000d));
        return true;
    }

    /// <summary>Writes in one of the forms.</summary>
    /// <param name="value">The instant.</param>
    /// <param name="format">The member's own format; <paramref name="fallback"/> where it has none.</param>
    /// <param name="fallback">The format of the protocol at that place.</param>
    /// <param name="alwaysMilliseconds">S3 writes ".000Z" where others write "Z".</param>
    public static string Format(DateTimeOffset value, TimestampFormat format, TimestampFormat fallback, bool alwaysMilliseconds = false)
    {
        var utc = value.ToUniversalTime();
        var milliseconds = utc.ToUnixTimeMilliseconds();
        return (format == TimestampFormat.Default ? fallback : format) switch
        {
            TimestampFormat.HttpDate => utc.ToString("r", CultureInfo.InvariantCulture),
            TimestampFormat.UnixSeconds => milliseconds % 1000 == 0
                ? (milliseconds / 1000).ToString(CultureInfo.InvariantCulture)
                : (milliseconds / 1000m).ToString("0.###", CultureInfo.InvariantCulture),
            _ => utc.ToString(
                alwaysMilliseconds || milliseconds % 1000 != 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture),
        };
    }

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c) && c is not ('.' or '-' or '+' or 'e' or 'E'))
            {
                return false;
            }
        }

        // "2024-01-02" is made of the same characters.
        return text.LastIndexOf('-') is var dash && (dash <= 0 || text[dash - 1] is 'e' or 'E');
    }

    /// <summary>.NET reads seven digits of a fraction; some clients send nine.</summary>
    private static string LimitFraction(ReadOnlySpan<char> text)
    {
        var dot = text.IndexOf('.');
        if (dot < 0)
        {
            return text.ToString();
        }

        var end = dot + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - dot - 1 <= 7 ? text.ToString() : string.Concat(text[..(dot + 8)], text[end..]);
    }
}
