namespace Fogbank.Engines.Oci.Images;

/// <summary>The three forms in which archives write numbers. All throw where a number is none or does not fit.</summary>
internal static class TarNumbers
{
    /// <summary>A field of a header: octal digits with blanks around, or base 256 where the first bit is set (GNU).</summary>
    internal static long Field(ReadOnlySpan<byte> field, string what)
    {
        if ((field[0] & 0x80) != 0)
        {
            return Base256(field, what);
        }
        field = field.Trim(" \0"u8);
        long value = 0;
        foreach (var digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                throw LayerErrors.Invalid($"an entry's {what} is not a number");
            }
            value = (value << 3) | (uint)(digit - '0');
        }
        return value;
    }

    private static long Base256(ReadOnlySpan<byte> field, string what)
    {
        // Two's complement, big-endian; the first bit is the mark, the second one the sign.
        var negative = (field[0] & 0x40) != 0;
        var value = negative ? -1L : 0;
        for (var i = 0; i < field.Length; i++)
        {
            var digit = i == 0 ? negative ? (byte)(field[0] | 0x80) : (byte)(field[0] & 0x7f) : field[i];
            if (value >> 55 != (negative ? -1 : 0))
            {
                throw LayerErrors.Invalid($"an entry's {what} is out of range");
            }
            value = (value << 8) | digit;
        }
        return value;
    }

    /// <summary>A decimal number of a pax record, not negative.</summary>
    internal static long Decimal(ReadOnlySpan<byte> text, string what)
    {
        long value = 0;
        if (text.IsEmpty)
        {
            throw LayerErrors.Invalid($"an entry's {what} is not a number");
        }
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9' || value > (long.MaxValue - 9) / 10)
            {
                throw LayerErrors.Invalid($"an entry's {what} is not a number");
            }
            value = (value * 10) + (digit - '0');
        }
        return value;
    }

    /// <summary>A time of a pax record: seconds, possibly negative and with a fraction.</summary>
    internal static (long Seconds, int Nanoseconds) Time(ReadOnlySpan<byte> text)
    {
        const string what = "time";
        var negative = text is [(byte)'-', ..];
        text = negative ? text[1..] : text;
        var point = text.IndexOf((byte)'.');
        var seconds = Decimal(point < 0 ? text : text[..point], what);
        var fraction = point < 0 ? [] : text[(point + 1)..];
        var nanoseconds = fraction.IsEmpty ? 0 : (int)Decimal(fraction.Length > 9 ? fraction[..9] : fraction, what);
        for (var i = fraction.Length; i is > 0 and < 9; i++)
        {
            nanoseconds *= 10;
        }
        return !negative ? (seconds, nanoseconds) : nanoseconds == 0 ? (-seconds, 0) : (-seconds - 1, 1_000_000_000 - nanoseconds);
    }
}
