using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Changes of a repository's blobs inside a transaction.</summary>
internal static class LinkCommit
{
    /// <summary>Makes a blob part of a repository. Takes over the caller's reference to it.</summary>
    /// <returns>The link, and whether there was one before.</returns>
    internal static (BlobLinkRecord Link, bool Existed) Add(
        ITransaction transaction, StoreKey row, BlobId blob, string digest, long sizeBytes, DateTimeOffset expiresAt)
    {
        var linkRow = row.Add(digest);
        var link = transaction.Get(EcrSchema.Links, linkRow).Value;
        if (link is not null)
        {
            transaction.ReleaseBlob(blob);
            var kept = Renew(transaction, linkRow, link, expiresAt);
            return (kept, true);
        }

        link = new() { Digest = digest, Blob = blob.Value, SizeBytes = sizeBytes, ExpiresAt = expiresAt };
        transaction.Put(EcrSchema.Links, linkRow, link);
        return (link, false);
    }

    /// <summary>A blob that no image uses waits longer.</summary>
    internal static BlobLinkRecord Renew(ITransaction transaction, StoreKey linkRow, BlobLinkRecord link, DateTimeOffset expiresAt)
    {
        if (link.ExpiresAt is null || link.ExpiresAt >= expiresAt)
        {
            return link;
        }

        var renewed = link with { ExpiresAt = expiresAt };
        transaction.Put(EcrSchema.Links, linkRow, renewed);
        return renewed;
    }
}
