using Fogbank.Contracts.S3;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

/// <summary>Objects as listings show them.</summary>
internal static class ObjectView
{
    public static string KeyOf(Entry<ObjectRecord> entry) => entry.Key.Text(3);

    public static Contracts.S3.Object From(Entry<ObjectRecord> entry, ListingText text, Owner? owner) => new()
    {
        Key = text.Of(KeyOf(entry)),
        LastModified = entry.Value.ModifiedAt,
        ETag = EntityTag.Quote(entry.Value.ETag),
        ChecksumAlgorithm = entry.Value.Checksum is { } checksum ? [checksum.Function.WireName()] : null,
        ChecksumType = entry.Value.Checksum?.Kind.WireName(),
        Size = entry.Value.Size,
        StorageClass = entry.Value.StorageClass,
        Owner = owner,
    };

    public static ObjectVersion VersionFrom(Entry<ObjectRecord> entry, ListingText text, Owner owner) =>
        new(From(entry, text, owner)) { VersionId = "null", IsLatest = true };
}
