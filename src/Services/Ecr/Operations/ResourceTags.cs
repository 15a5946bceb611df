using System.Globalization;
using Fogbank.Contracts.Ecr;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>Tags of a repository as a resource, after a change.</summary>
internal static class ResourceTags
{
    private const string Reserved = "aws:";

    /// <param name="parameter">Where they stand in the request, for the error.</param>
    internal static IReadOnlyDictionary<string, string> Add(
        IReadOnlyDictionary<string, string> current, IReadOnlyList<Tag>? added, string parameter = "tags")
    {
        var next = new Dictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var tag in added ?? [])
        {
            Check(tag.Key, EcrLimits.TagKeyLength, 1, $"{parameter}.key");
            Check(tag.Value, EcrLimits.TagValueLength, 0, $"{parameter}.value");
            if (tag.Key.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase))
            {
                throw EcrErrors.InvalidTag("Tag keys that begin with 'aws:' are reserved for AWS use.");
            }

            next[tag.Key] = tag.Value;
        }

        return next.Count <= EcrLimits.ResourceTags ? next : throw EcrErrors.TooManyTags();
    }

    internal static IReadOnlyDictionary<string, string> Remove(IReadOnlyDictionary<string, string> current, IReadOnlyList<string> keys)
    {
        var next = new Dictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var key in keys)
        {
            next.Remove(key);
        }

        return next;
    }

    private static void Check(string text, int longest, int shortest, string parameter)
    {
        if (text.Length > longest || text.Length < shortest)
        {
            throw EcrErrors.InvalidTag(string.Create(
                CultureInfo.InvariantCulture,
                $"Invalid parameter at '{parameter}' failed to satisfy constraint: 'length must be between {shortest} and {longest}'"));
        }
    }
}
