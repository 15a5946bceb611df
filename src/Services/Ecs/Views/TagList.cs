using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Views;

/// <summary>Tags between their two forms, and their rules.</summary>
internal static class TagList
{
    private const int Most = 50;

    internal static IReadOnlyList<Tag> From(SortedDictionary<string, string> tags) => [.. tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];

    internal static SortedDictionary<string, string> Add(SortedDictionary<string, string> current, IReadOnlyList<Tag>? added)
    {
        if (added is not { Count: > 0 })
        {
            return current;
        }

        var next = new SortedDictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var tag in added)
        {
            if (string.IsNullOrEmpty(tag.Key))
            {
                throw EcsErrors.Invalid("Tag key must not be null or empty.");
            }

            if (tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw EcsErrors.Invalid("Tag keys starting with 'aws:' are reserved for system use.");
            }

            next[tag.Key] = tag.Value ?? "";
        }

        return next.Count(tag => !tag.Key.StartsWith("aws:", StringComparison.Ordinal)) <= Most
            ? next
            : throw EcsErrors.Invalid($"The maximum number of tags for a resource is {Most}.");
    }

    internal static SortedDictionary<string, string> Remove(SortedDictionary<string, string> current, IReadOnlyList<string> keys)
    {
        var next = new SortedDictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var key in keys.Where(key => !key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)))
        {
            next.Remove(key);
        }

        return next;
    }
}
