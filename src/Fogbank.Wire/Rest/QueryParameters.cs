using Fogbank.Contracts;

namespace Fogbank.Wire.Rest;

/// <summary>Decodes <c>a=b&amp;c=d</c>, as URIs and forms carry it.</summary>
internal static class QueryParameters
{
    /// <summary>More than any AWS operation can use, few enough not to matter.</summary>
    private const int MaxCount = 20_000;

    public static List<KeyValuePair<string, string>> Parse(string text)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var range in text.AsSpan().Split('&'))
        {
            var pair = text.AsSpan(range);
            if (pair.IsEmpty)
            {
                continue;
            }

            if (pairs.Count == MaxCount)
            {
                throw new WireFormatException("The request has too many parameters.");
            }

            var equals = pair.IndexOf('=');
            pairs.Add(equals < 0
                ? new(Decode(pair), "")
                : new(Decode(pair[..equals]), Decode(pair[(equals + 1)..])));
        }

        return pairs;
    }

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('%', '+'))
        {
            return text.ToString();
        }

        return Uri.UnescapeDataString(text.Contains('+') ? text.ToString().Replace('+', ' ') : text.ToString());
    }
}
