using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>
/// Changes of images inside a transaction. An image holds its blobs and, as an index, its images; so that all are there is decided in the
/// same commit that makes it visible.
/// </summary>
internal static class ImageCommit
{
    /// <summary>https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html</summary>
    private const int MaxTagsOfImage = 1000;

    internal static PutImageResult Put(ITransaction transaction, RepositoryKey key, PushedManifest pushed, string? tag, DateTimeOffset now)
    {
        var row = EcrStore.KeyOf(key);
        if (transaction.Get(EcrSchema.Repositories, row).Value is not { } repository)
        {
            return new(PutImageOutcome.RepositoryNotFound);
        }

        var tagRow = tag is null ? default : row.Add(tag);
        var tagged = tag is null ? null : transaction.Get(EcrSchema.Tags, tagRow).Value;
        if (tagged is not null && tagged.Digest != pushed.Digest && TagMutability.IsImmutable(repository, tag!))
        {
            return new(PutImageOutcome.TagImmutable);
        }

        var image = transaction.Get(EcrSchema.Images, row.Add(pushed.Digest)).Value;
        if (image is not null && (tag is null || tagged?.Digest == pushed.Digest))
        {
            return new(PutImageOutcome.Unchanged) { Image = image };
        }

        if (tag is not null && image?.TagCount >= MaxTagsOfImage)
        {
            return new(PutImageOutcome.TooManyTags);
        }

        var isNew = image is null;
        if (image is null)
        {
            var checkedImage = Create(transaction, row, pushed, now);
            if (checkedImage.Image is null)
            {
                return checkedImage;
            }

            image = checkedImage.Image;
        }

        if (tag is not null)
        {
            if (tagged is not null)
            {
                ChangeImage(transaction, row.Add(tagged.Digest), static old => old with { TagCount = old.TagCount - 1 });
            }

            transaction.Put(EcrSchema.Tags, tagRow, new TagRecord(pushed.Digest, now));
            image = image with { TagCount = image.TagCount + 1 };
        }

        transaction.Put(EcrSchema.Images, row.Add(pushed.Digest), image);
        return new(isNew ? PutImageOutcome.Created : PutImageOutcome.Tagged) { Image = image };
    }

    /// <summary>Deletes an image with its tags.</summary>
    internal static DeleteImageOutcome Delete(ITransaction transaction, RepositoryKey key, string digest, DateTimeOffset releasedUntil)
    {
        var row = EcrStore.KeyOf(key);
        var imageRow = row.Add(digest);
        if (transaction.Get(EcrSchema.Images, imageRow).Value is not { } image)
        {
            return transaction.Get(EcrSchema.Repositories, row).Value is null ? DeleteImageOutcome.RepositoryNotFound : DeleteImageOutcome.NotFound;
        }

        if (image.Parents > 0)
        {
            return DeleteImageOutcome.Referenced;
        }

        foreach (var tag in transaction.ScanIndex(EcrSchema.Tags, EcrSchema.DigestIndex, IndexRange.Equal(digest), row, MaxTagsOfImage + 1).Items)
        {
            transaction.Delete(EcrSchema.Tags, tag.Key);
        }

        foreach (var blob in image.Blobs)
        {
            var linkRow = row.Add(blob);
            if (transaction.Get(EcrSchema.Links, linkRow).Value is { } link)
            {
                transaction.Put(EcrSchema.Links, linkRow, link with
                {
                    Images = link.Images - 1,
                    ExpiresAt = link.Images == 1 ? releasedUntil : null,
                });
            }
        }

        foreach (var child in image.Children)
        {
            ChangeImage(transaction, row.Add(child), static old => old with { Parents = old.Parents - 1 });
        }

        transaction.ReleaseBlob(new BlobId(image.ManifestBlob));
        transaction.Delete(EcrSchema.Images, imageRow);
        return DeleteImageOutcome.Deleted;
    }

    /// <summary>Takes a tag away.</summary>
    /// <param name="digest">What it must point at; null for anything.</param>
    /// <param name="withImage">The image goes with its last tag, as in AWS's API, unless an index holds it.</param>
    internal static (DeleteImageOutcome Outcome, string? Digest) DeleteTag(
        ITransaction transaction, RepositoryKey key, string tag, string? digest, bool withImage, DateTimeOffset releasedUntil)
    {
        var row = EcrStore.KeyOf(key);
        var tagRow = row.Add(tag);
        if (transaction.Get(EcrSchema.Tags, tagRow).Value is not { } tagged)
        {
            return (transaction.Get(EcrSchema.Repositories, row).Value is null ? DeleteImageOutcome.RepositoryNotFound : DeleteImageOutcome.NotFound, null);
        }

        if (digest is not null && digest != tagged.Digest)
        {
            return (DeleteImageOutcome.TagDiffers, tagged.Digest);
        }

        transaction.Delete(EcrSchema.Tags, tagRow);
        var image = ChangeImage(transaction, row.Add(tagged.Digest), static old => old with { TagCount = old.TagCount - 1 });
        return withImage && image is { TagCount: 0, Parents: 0 }
            ? (Delete(transaction, key, tagged.Digest, releasedUntil), tagged.Digest)
            : (DeleteImageOutcome.Untagged, tagged.Digest);
    }

    private static PutImageResult Create(ITransaction transaction, StoreKey row, PushedManifest pushed, DateTimeOffset now)
    {
        var facts = pushed.Facts;
        var blobs = facts.RequiredBlobs().Select(blob => (Blob: blob, Link: transaction.Get(EcrSchema.Links, row.Add(blob.Digest)).Value)).ToList();
        if (blobs.Where(static blob => blob.Link is null).Select(static blob => blob.Blob.Digest).ToList() is { Count: > 0 } missing)
        {
            return new(PutImageOutcome.BlobsMissing) { Missing = missing };
        }

        if (blobs.Where(static blob => blob.Link!.SizeBytes != blob.Blob.SizeBytes).Select(static blob => blob.Blob.Digest).ToList() is { Count: > 0 } odd)
        {
            return new(PutImageOutcome.SizeDiffers) { Missing = odd };
        }

        var children = facts.Children.DistinctBy(static child => child.Digest)
            .Select(child => (child.Digest, Image: transaction.Get(EcrSchema.Images, row.Add(child.Digest)).Value)).ToList();
        if (children.Where(static child => child.Image is null).Select(static child => child.Digest).ToList() is { Count: > 0 } absent)
        {
            return new(PutImageOutcome.ImagesMissing) { Missing = absent };
        }

        foreach (var (blob, link) in blobs)
        {
            transaction.Put(EcrSchema.Links, row.Add(blob.Digest), link! with
            {
                Images = link.Images + 1,
                ExpiresAt = null,
                MediaType = blob.MediaType,
            });
        }

        foreach (var (digest, child) in children)
        {
            transaction.Put(EcrSchema.Images, row.Add(digest), child! with { Parents = child.Parents + 1 });
        }

        return new(PutImageOutcome.Created)
        {
            Image = new()
            {
                Digest = pushed.Digest,
                MediaType = facts.MediaType,
                ArtifactType = facts.ArtifactType,
                Subject = facts.Subject,
                ManifestBlob = transaction.AttachBlob(pushed.Blob, pushed.Digest).Value,
                ManifestBytes = (int)pushed.Blob.Length,
                SizeBytes = facts.IsIndex
                    ? children.Select(static child => child.Image!.SizeBytes).DefaultIfEmpty(0).Max()
                    : blobs.Sum(static blob => blob.Link!.SizeBytes),
                PushedAt = now,
                Blobs = [.. blobs.Select(static blob => blob.Blob.Digest)],
                Children = [.. children.Select(static child => child.Digest)],
            },
        };
    }

    private static ImageRecord? ChangeImage(ITransaction transaction, StoreKey imageRow, Func<ImageRecord, ImageRecord> change)
    {
        if (transaction.Get(EcrSchema.Images, imageRow).Value is not { } image)
        {
            return null;
        }

        var next = change(image);
        transaction.Put(EcrSchema.Images, imageRow, next);
        return next;
    }
}
