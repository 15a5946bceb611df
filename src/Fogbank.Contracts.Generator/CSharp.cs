using System.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>The parts of C# source that every writer shares.</summary>
internal static class CSharp
{
    /// <summary>A string literal, without suffix.</summary>
    internal static string Literal(string text)
    {
        var result = new StringBuilder(text.Length + 16).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\t' => result.Append("\\t"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                < ' ' or > '~' => result.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => result.Append(c),
            };
        }

        return result.Append('"').ToString();
    }
}
