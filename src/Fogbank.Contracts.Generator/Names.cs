using System.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>C# names for what models name.</summary>
internal static class Names
{
    /// <summary><c>application-autoscaling</c> becomes <c>ApplicationAutoscaling</c>; the first letter of each part is raised, no other changed.</summary>
    internal static string Pascal(string name)
    {
        var result = new StringBuilder(name.Length);
        var raise = true;
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) || c > 127)
            {
                raise = true;
                continue;
            }

            result.Append(raise ? char.ToUpperInvariant(c) : c);
            raise = false;
        }

        return result.Length == 0 || char.IsDigit(result[0]) ? "V" + result : result.ToString();
    }

    /// <summary>Of an enumeration's value: <c>EC2</c> becomes <c>Ec2</c>, <c>s3:ObjectCreated:*</c> becomes <c>S3ObjectCreatedAll</c>.</summary>
    internal static string Constant(string value)
    {
        var result = new StringBuilder(value.Length);
        var start = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && char.IsLetterOrDigit(value[i]) && value[i] < 128)
            {
                continue;
            }

            AppendPart(result, value.Substring(start, i - start));
            if (i < value.Length && value[i] == '*')
            {
                result.Append("All");
            }

            start = i + 1;
        }

        return result.Length == 0 ? "Empty" : char.IsDigit(result[0]) ? "V" + result : result.ToString();
    }

    /// <summary><paramref name="wanted"/>, or the first of wanted2, wanted3 … that is not taken yet; it is then.</summary>
    internal static string Unique(string wanted, HashSet<string> taken)
    {
        var name = wanted;
        for (var i = 2; !taken.Add(name); i++)
        {
            name = wanted + i;
        }

        return name;
    }

    private static void AppendPart(StringBuilder result, string part)
    {
        if (part.Length == 0)
        {
            return;
        }

        var shout = !part.Any(char.IsLower);
        result.Append(char.ToUpperInvariant(part[0])).Append(shout ? part.Substring(1).ToLowerInvariant() : part.Substring(1));
    }
}
