using System.Buffers;
using System.Text;

namespace Fogbank.Services.S3.Domain;

/// <summary>Percent-encoding as S3 does it in listings (<c>encoding-type=url</c>) and in the keys of events.</summary>
internal static class UrlText
{
    private static readonly SearchValues<char> s_plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._*/");

    /// <summary>Space becomes <c>+</c>, the slash stays.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_plain))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && s_plain.Contains((char)rune.Value))
            {
                result.Append((char)rune.Value);
            }
            else if (rune.Value == ' ')
            {
                result.Append('+');
            }
            else
            {
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                {
                    result.Append('%').Append(Convert.ToHexString([b]));
                }
            }
        }

        return result.ToString();
    }

    /// <summary>Decodes form encoding; false where a percent sign is not followed by two hexadecimal digits.</summary>
    public static bool TryDecode(string text, out string decoded)
    {
        decoded = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
            {
                return false;
            }
        }

        decoded = Uri.UnescapeDataString(text.Replace('+', ' '));
        return true;
    }
}
