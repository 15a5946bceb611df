using Fogbank.Services.S3.Domain;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>A part as the client names it when it completes an upload.</summary>
/// <param name="Checksums">What it says the part's checksum is.</param>
internal readonly record struct NamedPart(int Number, string ETag, ChecksumHeaders Checksums);

/// <summary>What an upload will become, computed and verified from its parts before anything is changed.</summary>
internal sealed class CompletionPlan
{
    /// <summary>Every part but the last has at least this many bytes.</summary>
    public const long MinPartBytes = 5 * 1024 * 1024;

    private CompletionPlan(IReadOnlyList<Entry<PartRecord>> parts, string etag, long size, ChecksumRecord checksum)
    {
        Parts = parts;
        ETag = etag;
        Size = size;
        Checksum = checksum;
    }

    /// <summary>The chosen parts, in order.</summary>
    public IReadOnlyList<Entry<PartRecord>> Parts { get; }

    public string ETag { get; }

    public long Size { get; }

    public ChecksumRecord Checksum { get; }

    /// <summary>Throws S3's error for what does not fit together.</summary>
    public static CompletionPlan Make(UploadRecord upload, IReadOnlyDictionary<int, Entry<PartRecord>> stored, IReadOnlyList<NamedPart> named)
    {
        for (var i = 1; i < named.Count; i++)
        {
            if (named[i].Number <= named[i - 1].Number)
            {
                throw S3Errors.InvalidPartOrder(upload.UploadId);
            }
        }

        var parts = named.Select(part => Choose(upload, stored, part)).ToList();
        foreach (var entry in parts.SkipLast(1))
        {
            if (entry.Value.Size < MinPartBytes)
            {
                throw S3Errors.PartTooSmall(entry.Value.Number, entry.Value.ETag, entry.Value.Size, MinPartBytes);
            }
        }

        var function = PartCommit.KeptBy(upload);
        var checksum = upload.Kind == ChecksumKind.Composite
            ? ChecksumState.Composite(function, [.. parts.Select(entry => entry.Value.Checksum.Value)])
            : ChecksumState.Combine(function, parts.Select(entry => (entry.Value.Checksum.Value, entry.Value.Size)));
        return new(
            parts,
            EntityTag.OfParts([.. parts.Select(entry => entry.Value.ETag)]),
            parts.Sum(entry => entry.Value.Size),
            checksum);
    }

    /// <summary>Whether the chosen parts still are what they were when the plan was made.</summary>
    public bool IsCurrent(ITransaction transaction) =>
        Parts.All(entry => transaction.Get(S3Tables.Parts, entry.Key).Version == entry.Version);

    public ObjectPartsRecord PartsOf(UploadRecord upload) => new(
        [.. Parts.Select((entry, index) => new ObjectPartRecord(
            entry.Value.Number, entry.Value.Size, upload.Function is null ? null : entry.Value.Checksum.Value))]);

    private static Entry<PartRecord> Choose(UploadRecord upload, IReadOnlyDictionary<int, Entry<PartRecord>> stored, NamedPart named)
    {
        var tag = EntityTag.Unquote(named.ETag);
        if (!stored.TryGetValue(named.Number, out var entry) || entry.Value.ETag != tag)
        {
            throw S3Errors.InvalidPart(upload.UploadId, named.Number, tag);
        }

        if (upload.Function is not { } function)
        {
            return entry;
        }

        var value = named.Checksums.Of(function);
        if (value is null && upload.Kind == ChecksumKind.Composite)
        {
            throw S3Errors.InvalidRequest(
                $"The upload was created using a {function.WireName().ToLowerInvariant()} checksum. The complete request must include the checksum for each part. It was missing for part {named.Number} in the request.");
        }

        return value is null || value == entry.Value.Checksum.Value ? entry : throw S3Errors.BadPartChecksum(function, named.Number);
    }
}
