namespace Fogbank.Wire.Routing;

/// <summary>Looks parameters up in a query as it was sent.</summary>
internal static class RawQuery
{
    /// <summary>The decoded value of the first parameter of that name; "" where it has none, null where it is absent.</summary>
    public static string? Find(ReadOnlySpan<char> rawQuery, ReadOnlySpan<char> name) =>
        TryFind(rawQuery, name, out var value) ? Decode(value) : null;

    public static bool Has(ReadOnlySpan<char> rawQuery, ReadOnlySpan<char> name) => TryFind(rawQuery, name, out _);

    /// <summary>Decodes a name or value: plus signs are spaces.</summary>
    public static string Decode(ReadOnlySpan<char> raw) =>
        raw.IndexOfAny('%', '+') < 0 ? raw.ToString() : Uri.UnescapeDataString(raw.ToString().Replace('+', ' '));

    private static bool TryFind(ReadOnlySpan<char> rawQuery, ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        while (!rawQuery.IsEmpty)
        {
            var end = rawQuery.IndexOf('&');
            var pair = end < 0 ? rawQuery : rawQuery[..end];
            rawQuery = end < 0 ? default : rawQuery[(end + 1)..];
            var mark = pair.IndexOf('=');
            var rawName = mark < 0 ? pair : pair[..mark];
            if (rawName.SequenceEqual(name) || (rawName.Contains('%') && Decode(rawName).AsSpan().SequenceEqual(name)))
            {
                value = mark < 0 ? default : pair[(mark + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}
