namespace Fogbank.Services.Ec2.Domain;

/// <summary>Values of filters: <c>*</c> stands for any text, <c>?</c> for one character, a backslash takes the meaning from what follows.</summary>
internal static class Wildcard
{
    internal static bool Matches(string pattern, string text)
    {
        var (p, t) = (0, 0);
        var (star, mark) = (-1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, t);
            }
            else if (TryStep(pattern, ref p, text[t]))
            {
                t++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more; earlier ones need not be tried again.
                (p, t) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool TryStep(string pattern, ref int p, char c)
    {
        if (p == pattern.Length)
        {
            return false;
        }

        var isEscaped = pattern[p] == '\\' && p + 1 < pattern.Length;
        var wanted = pattern[isEscaped ? p + 1 : p];
        if (wanted != c && (isEscaped || wanted != '?'))
        {
            return false;
        }

        p += isEscaped ? 2 : 1;
        return true;
    }
}
