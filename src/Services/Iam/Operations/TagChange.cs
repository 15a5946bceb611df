using Fogbank.Contracts.Iam;
using Fogbank.Services.Iam.Domain;

namespace Fogbank.Services.Iam.Operations;

/// <summary>Tags after a change, within AWS's limit.</summary>
internal static class TagChange
{
    internal static SortedDictionary<string, string> Apply(
        SortedDictionary<string, string> current, IReadOnlyList<Tag>? add, IReadOnlyList<string> remove)
    {
        var next = new SortedDictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var key in remove)
        {
            next.Remove(key);
        }

        foreach (var tag in add ?? [])
        {
            next[tag.Key] = tag.Value;
        }

        return next.Count <= IamLimits.Tags
            ? next
            : throw IamErrors.LimitExceeded($"The number of tags has reached the maximum limit of {IamLimits.Tags}.");
    }
}
