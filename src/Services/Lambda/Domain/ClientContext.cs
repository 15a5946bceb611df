using System.Globalization;
using System.Text;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>The client context: base64 on its way to Lambda, JSON in the Runtime API's header.</summary>
internal static class ClientContext
{
    /// <summary>Decodes it; null for none. Throws AWS's errors.</summary>
    internal static string? Decode(string? encoded)
    {
        if (string.IsNullOrEmpty(encoded))
        {
            return null;
        }

        if (encoded.Length > CodeLimits.ClientContextBytes)
        {
            throw LambdaErrors.InvalidParameter($"Client context must be smaller than {CodeLimits.ClientContextBytes} bytes");
        }

        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));

            return text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? text : ToHeaderText(text);
        }
        catch (FormatException)
        {
            throw LambdaErrors.InvalidParameter("Client context must be a valid Base64-encoded JSON object");
        }
    }

    // It becomes a header field, which holds printable ASCII only: JSON can say the rest by escapes, and its line ends are blanks.
    private static string ToHeaderText(string text)
    {
        var header = new StringBuilder(text.Length * 2);
        foreach (var c in text)
        {
            _ = c switch
            {
                >= ' ' and <= '~' => header.Append(c),
                < ' ' => header.Append(' '),
                _ => header.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }

        return header.ToString();
    }
}
