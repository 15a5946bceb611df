namespace Fogbank.Wire.Rest;

/// <summary>What may stand in a header's value.</summary>
internal static class HeaderText
{
    /// <summary>Control characters would end the header and begin another, or make the server refuse the whole answer: they become spaces.</summary>
    public static string Safe(string value) =>
        value.AsSpan().ContainsAnyInRange('\0', '\x1f') || value.Contains('\x7f', StringComparison.Ordinal)
            ? string.Create(value.Length, value, static (span, text) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    span[i] = char.IsControl(text[i]) ? ' ' : text[i];
                }
            })
            : value;
}
