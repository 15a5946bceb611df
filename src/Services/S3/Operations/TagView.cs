using Fogbank.Contracts.S3;
using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3.Operations;

/// <summary>Tag sets on the wire.</summary>
internal static class TagView
{
    public static IReadOnlyList<Tag> From(IReadOnlyList<TagRecord> tags) => [.. tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];

    public static IReadOnlyList<TagRecord> Read(Tagging tagging, bool ofBucket) =>
        TagRules.Check(tagging.TagSet.Select(tag => new TagRecord(tag.Key, tag.Value)), ofBucket);
}
