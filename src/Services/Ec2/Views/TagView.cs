namespace Fogbank.Services.Ec2.Views;

internal static class TagView
{
    /// <summary>Tags by key; null where there are none, for what AWS leaves out then.</summary>
    internal static IReadOnlyList<Tag>? From(IReadOnlyDictionary<string, string> tags) => tags.Count == 0 ? null : List(tags);

    internal static IReadOnlyList<Tag> List(IReadOnlyDictionary<string, string> tags) =>
        [.. tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];
}
