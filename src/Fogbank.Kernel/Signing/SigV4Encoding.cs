using System.Text;

namespace Fogbank.Kernel.Signing;

/// <summary>Percent-encoding as signatures demand it: everything but letters, digits and <c>-._~</c>, in upper case.</summary>
public static class SigV4Encoding
{
    private const string Hex = "0123456789ABCDEF";

    /// <summary>Encodes a plain value.</summary>
    public static string Encode(string value, bool keepSlash = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        var result = new StringBuilder(value.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(value))
        {
            Append(result, b, keepSlash);
        }

        return result.ToString();
    }

    /// <summary>
    /// Brings text that is already percent-encoded, in whatever way its client did it, into the one canonical form. An encoded slash stays
    /// encoded.
    /// </summary>
    public static string Recode(ReadOnlySpan<char> encoded, bool keepSlash, bool plusIsSpace)
    {
        var result = new StringBuilder(encoded.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '%' && i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                Append(result, (byte)((Digit(encoded[i + 1]) << 4) | Digit(encoded[i + 2])), keepSlash: false);
                i += 2;
            }
            else if (c == '+' && plusIsSpace)
            {
                result.Append("%20");
            }
            else if (Rune.DecodeFromUtf16(encoded[i..], out var rune, out var consumed) == System.Buffers.OperationStatus.Done)
            {
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                {
                    Append(result, b, keepSlash);
                }

                i += consumed - 1;
            }
            else
            {
                result.Append("%EF%BF%BD");
            }
        }

        return result.ToString();
    }

    private static void Append(StringBuilder result, byte b, bool keepSlash)
    {
        if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || (b == '/' && keepSlash))
        {
            result.Append((char)b);
        }
        else
        {
            result.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
        }
    }

    private static int Digit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
