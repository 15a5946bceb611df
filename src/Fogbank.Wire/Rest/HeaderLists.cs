using System.Text;
using Fogbank.Contracts;

namespace Fogbank.Wire.Rest;

/// <summary>Lists inside one header: comma-separated, quoted where an item holds a comma or a quote.</summary>
internal static class HeaderLists
{
    public static List<string> Split(string text, TypeSchema item)
    {
        // An HTTP date holds a comma itself.
        var commasInItem = item is { Kind: WireKind.Timestamp, TimestampFormat: TimestampFormat.Default or TimestampFormat.HttpDate }
            && text.Contains("GMT", StringComparison.Ordinal) ? 1 : 0;
        var items = new List<string>();
        var current = new StringBuilder();
        var isQuoted = false;
        var wasQuoted = false;
        var commas = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (isQuoted && c == '\\' && i + 1 < text.Length)
            {
                current.Append(text[++i]);
            }
            else if (c == '"')
            {
                if (!isQuoted && string.IsNullOrWhiteSpace(current.ToString()))
                {
                    current.Clear();
                }

                isQuoted = !isQuoted;
                wasQuoted = true;
            }
            else if (c == ',' && !isQuoted && commas++ == commasInItem)
            {
                Add(items, current, wasQuoted);
                wasQuoted = false;
                commas = 0;
            }
            else if (!wasQuoted || isQuoted)
            {
                current.Append(c);
            }
        }

        if (isQuoted)
        {
            throw new WireFormatException("A quoted item of a header does not end.") { Value = text };
        }

        Add(items, current, wasQuoted);
        return items is [""] ? [] : items;
    }

    public static string Join(IEnumerable<string> items, WireKind kind) =>
        string.Join(", ", kind == WireKind.String ? items.Select(Quote) : items);

    private static string Quote(string item) =>
        item.AsSpan().ContainsAny(',', '"')
            ? $"\"{item.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : item;

    private static void Add(List<string> items, StringBuilder current, bool isExact)
    {
        items.Add(isExact ? current.ToString() : current.ToString().Trim());
        current.Clear();
    }
}
