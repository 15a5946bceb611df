using System.Text;
using System.Text.RegularExpressions;

namespace Fogbank.Contracts;

/// <summary>What the model demands of a value: length of text, blobs, lists and maps; range of numbers; pattern; set of values.</summary>
public sealed class Constraint
{
    private Regex? _regex;

    public Constraint(decimal? min, decimal? max, string? pattern, IReadOnlyList<string>? values)
    {
        Min = min;
        Max = max;
        Pattern = pattern;
        Values = values;
    }

    /// <summary>Least length or value; null where there is none.</summary>
    public decimal? Min { get; }

    /// <summary>Greatest length or value; null where there is none.</summary>
    public decimal? Max { get; }

    /// <summary>The regular expression as the model writes it, without anchors added.</summary>
    public string? Pattern { get; }

    /// <summary>The values of an enumeration, in the model's order; null where the value is free.</summary>
    public IReadOnlyList<string>? Values { get; }

    /// <summary>Whether the whole of <paramref name="value"/> fits the pattern.</summary>
    /// <remarks>
    /// The engine without backtracking where the pattern allows it: the value is hostile. Patterns with look-arounds get the ordinary
    /// engine and a time limit instead.
    /// </remarks>
    public bool IsMatch(string value)
    {
        if (Pattern is null)
        {
            return true;
        }

        try
        {
            return (_regex ??= Compile(Pattern)).IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    internal static Regex Compile(string pattern)
    {
        // AWS matches the whole value whether or not the model's pattern is anchored.
        var whole = $@"\A(?:{AsciiClasses(pattern)})\z";
        try
        {
            return new Regex(whole, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(whole, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (ArgumentException)
        {
            // A pattern written for another dialect than .NET's accepts everything rather than refusing what AWS takes.
            return new Regex("", RegexOptions.CultureInvariant);
        }
    }

    /// <summary>
    /// Spells <c>\w</c>, <c>\d</c> and <c>\s</c> out: in AWS's dialect they are ASCII, in .NET's they are the whole of Unicode, and a role's
    /// name with letters of any script would pass.
    /// </summary>
    private static string AsciiClasses(string pattern)
    {
        var result = new StringBuilder(pattern.Length);
        var isInClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c != '\\' || i + 1 == pattern.Length)
            {
                isInClass = c == '[' || (isInClass && c != ']');
                result.Append(c);
                continue;
            }

            var members = pattern[++i] switch { 'w' => "a-zA-Z0-9_", 'd' => "0-9", 's' => @" \t\n\x0B\f\r", _ => null };
            if (members is null)
            {
                result.Append(c).Append(pattern[i]);
                continue;
            }

            result.Append(isInClass ? members : $"[{members}]");
            if (isInClass && i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
            {
                // A class cannot begin a range: the hyphen after it is one.
                result.Append(@"\-");
                i++;
            }
        }

        return result.ToString();
    }
}
