using System.Globalization;
using Fogbank.Contracts;

namespace Fogbank.Wire.Text;

/// <summary>Values that travel as text: headers, queries, labels, forms and XML.</summary>
internal static class Scalars
{
    /// <summary>XML Schema's white space around a number means nothing.</summary>
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    public static bool Boolean(string text) => text.Trim() switch
    {
        var t when t.Equals("true", StringComparison.OrdinalIgnoreCase) || t == "1" => true,
        var t when t.Equals("false", StringComparison.OrdinalIgnoreCase) || t == "0" => false,
        _ => throw Unreadable(text, "Boolean"),
    };

    public static int Int32(string text) =>
        int.TryParse(text, Whole, CultureInfo.InvariantCulture, out var value) ? value : throw Unreadable(text, "Integer");

    public static long Int64(string text) =>
        long.TryParse(text, Whole, CultureInfo.InvariantCulture, out var value) ? value : throw Unreadable(text, "Long");

    public static double Double(string text) => text.Trim() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        var t when double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) => value,
        _ => throw Unreadable(text, "Double"),
    };

    public static byte[] Blob(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException e)
        {
            throw new WireFormatException("A blob is not valid base64.", e) { Value = text };
        }
    }

    public static DateTimeOffset Timestamp(string text) =>
        Timestamps.TryParse(text, out var value) ? value : throw Unreadable(text, "Date");

    public static string Format(bool value) => value ? "true" : "false";

    public static string Format(int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Format(float value) => float.IsInfinity(value) ? Infinity(value) : value.ToString("R", CultureInfo.InvariantCulture);

    public static string Format(double value) => double.IsInfinity(value) ? Infinity(value) : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Infinity(double value) => value > 0 ? "Infinity" : "-Infinity";

    private static WireFormatException Unreadable(string text, string target) =>
        new($"class java.lang.String can not be converted to an {target}") { Value = text };
}
