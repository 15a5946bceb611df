using System.Text;
using System.Text.RegularExpressions;

namespace Fogbank.Services.Logs.Domain;

/// <summary>
/// A filter pattern for unstructured events: terms that must all occur, <c>?term</c> of which one must, <c>-term</c> that must not,
/// <c>"quoted phrases"</c> and <c>%regular expressions%</c>. Terms are found anywhere in the message, with regard to case.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForLogEvents.html</remarks>
internal sealed class TextPattern
{
    private readonly List<Term> _all = [];
    private readonly List<Term> _any = [];
    private readonly List<Term> _none = [];

    private readonly record struct Term(string? Text, Regex? Regex)
    {
        internal bool IsIn(string message) => Text is not null ? message.Contains(Text, StringComparison.Ordinal) : Regex!.IsMatch(message);
    }

    /// <summary>A pattern without terms, which every event fits.</summary>
    internal static TextPattern Everything { get; } = new();

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    internal static TextPattern Parse(string text)
    {
        var pattern = new TextPattern();
        var position = 0;
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                // AWS ignores ?terms beside others; alone, one of them must occur.
                if (pattern._all.Count + pattern._none.Count > 0)
                {
                    pattern._any.Clear();
                }

                return pattern;
            }

            var kind = text[position] is '?' or '-' && position + 1 < text.Length && !char.IsWhiteSpace(text[position + 1]) ? text[position++] : '+';
            var term = ReadTerm(text, ref position);
            (kind switch { '?' => pattern._any, '-' => pattern._none, _ => pattern._all }).Add(term);
        }
    }

    internal bool IsMatch(string message)
    {
        foreach (var term in _all)
        {
            if (!term.IsIn(message))
            {
                return false;
            }
        }

        foreach (var term in _none)
        {
            if (term.IsIn(message))
            {
                return false;
            }
        }

        return _any.Count == 0 || _any.Exists(term => term.IsIn(message));
    }

    private static Term ReadTerm(string text, ref int position)
    {
        switch (text[position])
        {
            case '"':
                return new(ReadQuoted(text, ref position), null);
            case '%':
                var end = text.IndexOf('%', position + 1);
                if (end < 0)
                {
                    throw new FormatException("A regular expression has no closing %.");
                }

                var expression = text[(position + 1)..end];
                position = end + 1;
                return new(null, Compile(expression));
            default:
                var start = position;
                while (position < text.Length && !char.IsWhiteSpace(text[position]))
                {
                    position++;
                }

                return new(text[start..position], null);
        }
    }

    private static string ReadQuoted(string text, ref int position)
    {
        var result = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            switch (text[position])
            {
                case '\\' when position + 1 < text.Length && text[position + 1] is '"' or '\\':
                    result.Append(text[++position]);
                    break;
                case '"':
                    position++;
                    return result.ToString();
                default:
                    result.Append(text[position]);
                    break;
            }
        }

        throw new FormatException("A quoted term has no closing quote.");
    }

    private static Regex Compile(string expression)
    {
        try
        {
            // Patterns are hostile: no backtracking, so a match costs time in proportion to the message.
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"The regular expression %{expression}% is not valid.", fault);
        }
    }
}
