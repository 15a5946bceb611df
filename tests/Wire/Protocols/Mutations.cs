using CsCheck;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Valid text with a few cuts and insertions of what parsers stumble over.</summary>
internal static class Mutations
{
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", "\"", "null", ":", ",", "1e999", "-0", "NaN", "\\ud800", "\\u0000", "<", ">", "</", "&#0;", "&x;", "<!DOCTYPE a>",
        "<![CDATA[", "]]>", ".member.", "%", "%00", "%ff", "+", "&", "=", ".1.", "99999999999999999999", "\0", "é", "'", "--", "true", "{}", "[]",
    ];

    private static readonly string[] Prefixes = ["", "", "x", "\"", "\\", ",", "\"a\"b", "1e999", "-", "é", " ", "\0", "9999999999999999999999"];

    /// <summary>What is put before values of headers and labels.</summary>
    public static Gen<string> Header { get; } = Gen.Int[0, Prefixes.Length - 1].Select(i => Prefixes[i]);

    public static Gen<string> Of(string valid) =>
        Gen.Select(Gen.Int[0, valid.Length], Gen.Int[0, 12], Gen.Int[0, Tokens.Length - 1]).Array[0, 4].Select(edits =>
        {
            var text = valid;
            foreach (var (at, cut, token) in edits)
            {
                var start = Math.Min(at, text.Length);
                text = text.Remove(start, Math.Min(cut, text.Length - start)).Insert(start, Tokens[token]);
            }

            return text;
        });
}
