namespace Fogbank.Contracts;

/// <summary>What a caller must be allowed to do for one operation: every rule that applies to the request.</summary>
/// <param name="Operation">The operation's name.</param>
/// <param name="Rules">Empty where anyone who is authenticated may call it (<c>sts:GetCallerIdentity</c>).</param>
public sealed record IamEntry(string Operation, IReadOnlyList<IamRule> Rules)
{
    internal static Dictionary<string, IamEntry> ParseAll(string text)
    {
        var entries = new Dictionary<string, IamEntry>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split('\t');
            var rules = new IamRule[(fields.Length - 1) / 5];
            for (var i = 0; i < rules.Length; i++)
            {
                rules[i] = IamRule.Parse(fields.AsSpan(1 + (i * 5), 5));
            }

            entries.Add(fields[0], new IamEntry(fields[0], rules));
        }

        return entries;
    }
}
