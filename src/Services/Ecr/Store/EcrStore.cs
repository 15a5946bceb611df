using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Typed reads and writes of repositories and images. Uploads have <see cref="BlobUploads"/>.</summary>
internal sealed class EcrStore(IStore store, EcrOptions options, TimeProvider time)
{
    private IDatabase? _database;

    internal IDatabase Database => _database ?? throw new InvalidOperationException("The registry's store is not open yet.");

    internal IBlobs Blobs => Database.Blobs;

    internal async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        _database = await store.OpenAsync(EcrSchema.Schema, cancellationToken);

    internal static StoreKey KeyOf(Scope scope) => StoreKey.Of(scope.AccountId, scope.Region);

    internal static StoreKey KeyOf(RepositoryKey key) => StoreKey.Of(key.Scope.AccountId, key.Scope.Region, key.Name);

    internal static RepositoryKey FromKey(StoreKey key) => new(key.Scope, key.Text(2));

    // Repositories
    internal async ValueTask<RepositoryRecord?> FindRepositoryAsync(RepositoryKey key, CancellationToken cancellationToken) =>
        (await Database.GetAsync(EcrSchema.Repositories, KeyOf(key), cancellationToken)).Value;

    /// <returns>False: there is one of that name.</returns>
    internal ValueTask<bool> TryCreateRepositoryAsync(RepositoryKey key, RepositoryRecord repository, CancellationToken cancellationToken) =>
        Database.TryPutAsync(EcrSchema.Repositories, KeyOf(key), repository, 0, cancellationToken);

    /// <summary>Changes a repository's settings.</summary>
    /// <param name="change">Pure; runs once, on the writer's thread. What it throws reaches the caller, and nothing changes.</param>
    /// <returns>As it is now; null: there is none.</returns>
    internal ValueTask<RepositoryRecord?> ChangeRepositoryAsync(
        RepositoryKey key, Func<RepositoryRecord, RepositoryRecord> change, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Repositories, KeyOf(key)).Value is not { } repository)
                {
                    return null;
                }

                var next = change(repository);
                transaction.Put(EcrSchema.Repositories, KeyOf(key), next);
                return next;
            },
            cancellationToken);

    /// <summary>Repositories of a registry, by name.</summary>
    internal ValueTask<ScanPage<RepositoryRecord>> ListRepositoriesAsync(Scope scope, int limit, ScanToken? after, CancellationToken cancellationToken) =>
        Database.ScanAsync(EcrSchema.Repositories, KeyOf(scope), limit, after, cancellationToken);

    /// <summary>Deletes a repository with all it holds.</summary>
    /// <param name="force">Also when it has images.</param>
    /// <returns>Null: there is none. Otherwise what it was, and whether it is deleted; it is not where it has images and force was not said.</returns>
    internal ValueTask<(RepositoryRecord Repository, bool Deleted)?> DeleteRepositoryAsync(RepositoryKey key, bool force, CancellationToken cancellationToken) =>
        Database.WriteAsync(transaction => RepositoryDeletion.Delete(transaction, key, force), cancellationToken);

    // Images
    internal async ValueTask<ImageRecord?> FindImageAsync(RepositoryKey key, string digest, CancellationToken cancellationToken) =>
        (await Database.GetAsync(EcrSchema.Images, KeyOf(key).Add(digest), cancellationToken)).Value;

    internal async ValueTask<TagRecord?> FindTagAsync(RepositoryKey key, string tag, CancellationToken cancellationToken) =>
        (await Database.GetAsync(EcrSchema.Tags, KeyOf(key).Add(tag), cancellationToken)).Value;

    /// <summary>Images of a repository, by digest.</summary>
    internal ValueTask<ScanPage<ImageRecord>> ListImagesAsync(RepositoryKey key, int limit, ScanToken? after, CancellationToken cancellationToken) =>
        Database.ScanAsync(EcrSchema.Images, KeyOf(key), limit, after, cancellationToken);

    /// <summary>Tags of a repository, by name (the last part of each row's key).</summary>
    internal ValueTask<ScanPage<TagRecord>> ListTagsAsync(RepositoryKey key, int limit, ScanToken? after, CancellationToken cancellationToken) =>
        Database.ScanAsync(EcrSchema.Tags, KeyOf(key), limit, after, cancellationToken);

    /// <summary>The tags of an image, by name. At most 1,000.</summary>
    internal async ValueTask<IReadOnlyList<string>> TagsOfAsync(RepositoryKey key, string digest, CancellationToken cancellationToken)
    {
        var page = await Database.ScanIndexAsync(
            EcrSchema.Tags, EcrSchema.DigestIndex, IndexRange.Equal(digest), KeyOf(key), 1000, null, cancellationToken);
        return [.. page.Items.Select(static entry => TagOf(entry.Key))];
    }

    /// <summary>Images that name a subject, whether that exists or not.</summary>
    internal ValueTask<ScanPage<ImageRecord>> ListReferrersAsync(
        RepositoryKey key, string subject, int limit, ScanToken? after, CancellationToken cancellationToken) =>
        Database.ScanIndexAsync(EcrSchema.Images, EcrSchema.SubjectIndex, IndexRange.Equal(subject), KeyOf(key), limit, after, cancellationToken);

    internal static string TagOf(StoreKey key) => key.Text(3);

    /// <summary>The bytes of a manifest; null where the image was deleted meanwhile.</summary>
    internal async ValueTask<byte[]?> ReadManifestAsync(ImageRecord image, CancellationToken cancellationToken)
    {
        await using var stream = await Blobs.OpenReadAsync(new BlobId(image.ManifestBlob), 0, null, cancellationToken);
        if (stream is null)
        {
            return null;
        }

        var bytes = new byte[image.ManifestBytes];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Writes the bytes of a manifest that is about to be put.</summary>
    internal async ValueTask<PendingBlob> WriteManifestAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var writer = Blobs.Create();
        await writer.WriteAsync(bytes, cancellationToken);
        return await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>Puts a manifest under its digest and, where one is given, a tag; all or nothing.</summary>
    internal ValueTask<PutImageResult> PutImageAsync(RepositoryKey key, PushedManifest pushed, string? tag, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Database.WriteAsync(transaction => ImageCommit.Put(transaction, key, pushed, tag, now), cancellationToken);
    }

    /// <summary>Deletes an image with all its tags.</summary>
    internal ValueTask<DeleteImageOutcome> DeleteImageAsync(RepositoryKey key, string digest, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + options.ReleasedBlobExpiry;
        return Database.WriteAsync(transaction => ImageCommit.Delete(transaction, key, digest, until), cancellationToken);
    }

    /// <inheritdoc cref="ImageCommit.DeleteTag"/>
    internal ValueTask<(DeleteImageOutcome Outcome, string? Digest)> DeleteTagAsync(
        RepositoryKey key, string tag, string? digest, bool withImage, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + options.ReleasedBlobExpiry;
        return Database.WriteAsync(transaction => ImageCommit.DeleteTag(transaction, key, tag, digest, withImage, until), cancellationToken);
    }

    // Blobs
    internal async ValueTask<BlobLinkRecord?> FindBlobAsync(RepositoryKey key, string digest, CancellationToken cancellationToken) =>
        (await Database.GetAsync(EcrSchema.Links, KeyOf(key).Add(digest), cancellationToken)).Value;

    /// <returns>False: an image uses it.</returns>
    internal ValueTask<bool> TryDeleteBlobAsync(RepositoryKey key, string digest, CancellationToken cancellationToken)
    {
        var row = KeyOf(key).Add(digest);
        return Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Links, row).Value is not { } link)
                {
                    return true;
                }

                if (link.Images > 0)
                {
                    return false;
                }

                transaction.ReleaseBlob(new BlobId(link.Blob));
                return transaction.Delete(EcrSchema.Links, row);
            },
            cancellationToken);
    }

    // Templates
    internal async ValueTask<CreationTemplateRecord?> FindTemplateAsync(Scope scope, string prefix, CancellationToken cancellationToken) =>
        (await Database.GetAsync(EcrSchema.Templates, KeyOf(scope).Add(prefix), cancellationToken)).Value;

    internal ValueTask<ScanPage<CreationTemplateRecord>> ListTemplatesAsync(Scope scope, int limit, ScanToken? after, CancellationToken cancellationToken) =>
        Database.ScanAsync(EcrSchema.Templates, KeyOf(scope), limit, after, cancellationToken);

    /// <summary>Changes, makes (from null) or deletes (to null) a template.</summary>
    /// <param name="change">Pure; what it throws reaches the caller, and nothing changes.</param>
    internal ValueTask<CreationTemplateRecord?> ChangeTemplateAsync(
        Scope scope, string prefix, Func<CreationTemplateRecord?, CreationTemplateRecord?> change, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            transaction =>
            {
                var row = KeyOf(scope).Add(prefix);
                var next = change(transaction.Get(EcrSchema.Templates, row).Value);
                if (next is null)
                {
                    transaction.Delete(EcrSchema.Templates, row);
                }
                else
                {
                    transaction.Put(EcrSchema.Templates, row, next);
                }

                return next;
            },
            cancellationToken);
}
