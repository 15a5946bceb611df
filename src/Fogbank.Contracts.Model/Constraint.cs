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

    private static Regex Compile(string pattern)
    {
        // AWS matches the whole value whether or not the model's pattern is anchored.
        var whole = $@"\A(?:{pattern})\z";
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
            return new Regex(string.Empty, RegexOptions.CultureInvariant);
        }
    }
}
