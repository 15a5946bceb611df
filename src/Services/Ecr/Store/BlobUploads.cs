using System.Buffers;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>
/// Brings blobs into repositories. What has arrived of an upload is committed when its request ends, also when it broke off, so that a client
/// can go on from there; a blob becomes visible only when its digest was verified.
/// </summary>
internal sealed class BlobUploads(EcrStore store, BodyIntake intake, EcrOptions options, IIdSource ids, TimeProvider time)
{
    private readonly UploadTurns _turns = new();

    /// <returns>Null: there is no such repository.</returns>
    internal ValueTask<UploadRecord?> StartAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var upload = new UploadRecord { Id = ids.NewUuid(), StartedAt = now, ExpiresAt = now + options.UploadExpiry };
        var row = EcrStore.KeyOf(key);
        return store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Repositories, row).Value is null)
                {
                    return null;
                }

                transaction.Put(EcrSchema.Uploads, row.Add(upload.Id), upload);
                return upload;
            },
            cancellationToken);
    }

    internal async ValueTask<UploadRecord?> FindAsync(RepositoryKey key, string id, CancellationToken cancellationToken) =>
        (await store.Database.GetAsync(EcrSchema.Uploads, EcrStore.KeyOf(key).Add(id), cancellationToken)).Value;

    /// <summary>Adds what the client sends.</summary>
    /// <param name="offset">Where it says that this begins; null: at the end.</param>
    /// <param name="cancellationToken">Ends the reading; what was read until then is kept.</param>
    /// <exception cref="IOException">The body broke off; what arrived is kept.</exception>
    internal async ValueTask<UploadResult> AppendAsync(
        RepositoryKey key, string id, Stream body, long? offset, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, id, cancellationToken) is null)
        {
            return new(UploadOutcome.Unknown);
        }

        using var turn = await _turns.EnterAsync(id, cancellationToken);
        var (result, _) = await AppendAsync(turn, key, id, body, offset);
        return result;
    }

    /// <summary>Adds what the client sends at last, and makes the whole a blob of the repository if it has the digest.</summary>
    /// <param name="digest">One that is supported.</param>
    internal async ValueTask<UploadResult> CompleteAsync(
        RepositoryKey key, string id, string digest, Stream body, long? offset, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, id, cancellationToken) is null)
        {
            return new(UploadOutcome.Unknown);
        }

        using var turn = await _turns.EnterAsync(id, cancellationToken);
        var (appended, upload) = await AppendAsync(turn, key, id, body, offset);
        if (upload is null)
        {
            return appended;
        }

        var actual = ContentDigest.IsSha256(digest) && turn.HashAt(upload.SizeBytes) is { } hash
            ? ContentDigest.Finish(hash)
            : await HashAsync(upload, digest, cancellationToken);
        turn.End();
        if (actual != digest)
        {
            await CancelAsync(key, id, cancellationToken);
            return new(UploadOutcome.DigestDiffers, upload.SizeBytes) { ActualDigest = actual };
        }

        return await StoreAsync(key, upload, digest, cancellationToken);
    }

    /// <summary>A whole blob in one body, without an upload.</summary>
    internal async ValueTask<UploadResult> PutAsync(RepositoryKey key, string digest, Stream body, CancellationToken cancellationToken)
    {
        using var hash = ContentDigest.HashFor(digest);
        await using var taken = await intake.ReadAsync(body, hash, BodyIntake.MaxBlobBytes, cancellationToken);
        if (taken.Broken is not null)
        {
            throw taken.Broken;
        }

        if (taken.TooLarge)
        {
            return new(UploadOutcome.TooLarge);
        }

        var size = taken.Blob.Length;
        if (ContentDigest.Finish(hash) is var actual && actual != digest)
        {
            return new(UploadOutcome.DigestDiffers, size) { ActualDigest = actual };
        }

        var row = EcrStore.KeyOf(key);
        var expiresAt = time.GetUtcNow() + options.UnusedBlobExpiry;
        return await store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Repositories, row).Value is null)
                {
                    return new UploadResult(UploadOutcome.RepositoryNotFound);
                }

                var (link, existed) = LinkCommit.Add(transaction, row, transaction.AttachBlob(taken.Blob, digest), digest, size, expiresAt);
                return new UploadResult(UploadOutcome.Stored, size) { Blob = link, Existed = existed };
            },
            cancellationToken);
    }

    /// <returns>Whether there was such an upload.</returns>
    internal ValueTask<bool> CancelAsync(RepositoryKey key, string id, CancellationToken cancellationToken)
    {
        var row = EcrStore.KeyOf(key).Add(id);
        return store.Database.WriteAsync(transaction => Drop(transaction, row), cancellationToken);
    }

    /// <summary>Makes a blob of one repository a blob of another one, without copying.</summary>
    /// <returns>Null: the other one does not have it, or there is no such repository.</returns>
    internal ValueTask<BlobLinkRecord?> MountAsync(RepositoryKey from, RepositoryKey to, string digest, CancellationToken cancellationToken)
    {
        var (fromRow, toRow) = (EcrStore.KeyOf(from).Add(digest), EcrStore.KeyOf(to));
        var expiresAt = time.GetUtcNow() + options.UnusedBlobExpiry;
        return store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Repositories, toRow).Value is null
                    || transaction.Get(EcrSchema.Links, fromRow).Value is not { } link
                    || !transaction.RetainBlob(new BlobId(link.Blob)))
                {
                    return null;
                }

                return LinkCommit.Add(transaction, toRow, new BlobId(link.Blob), digest, link.SizeBytes, expiresAt).Link;
            },
            cancellationToken);
    }

    /// <summary>A client was told that a blob is there, so it stays long enough for the push that relies on it. Writes only when that is due.</summary>
    internal ValueTask TouchAsync(RepositoryKey key, BlobLinkRecord link, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (link.ExpiresAt is not { } expires || expires - now > options.UnusedBlobExpiry / 2)
        {
            return ValueTask.CompletedTask;
        }

        var row = EcrStore.KeyOf(key).Add(link.Digest);
        return store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Links, row).Value is { } current)
                {
                    LinkCommit.Renew(transaction, row, current, now + options.UnusedBlobExpiry);
                }
            },
            cancellationToken);
    }

    /// <summary>Forgets an upload and what it holds.</summary>
    internal static bool Drop(ITransaction transaction, StoreKey row)
    {
        if (transaction.Get(EcrSchema.Uploads, row).Value is not { } upload)
        {
            return false;
        }

        foreach (var part in upload.Parts)
        {
            transaction.ReleaseBlob(new BlobId(part.Blob));
        }

        return transaction.Delete(EcrSchema.Uploads, row);
    }

    /// <returns>The upload as it is now, or null where it cannot go on and the result says why.</returns>
    private async ValueTask<(UploadResult Result, UploadRecord? Upload)> AppendAsync(
        UploadTurns.Turn turn, RepositoryKey key, string id, Stream body, long? offset)
    {
        if (await FindAsync(key, id, turn.Token) is not { } upload)
        {
            return (new(UploadOutcome.Unknown), null);
        }

        if (offset is not null && offset != upload.SizeBytes)
        {
            return (new(UploadOutcome.WrongOffset, upload.SizeBytes), null);
        }

        var hash = turn.HashAt(upload.SizeBytes);
        try
        {
            await using var taken = await intake.ReadAsync(body, hash, BodyIntake.MaxBlobBytes - upload.SizeBytes, turn.Token);
            if (taken.Blob.Length > 0)
            {
                upload = await CommitPartAsync(key, id, upload, taken.Blob);
            }

            if (upload is null)
            {
                turn.End();
                return (new(UploadOutcome.Unknown), null);
            }

            turn.Remember(upload.SizeBytes);
            return taken switch
            {
                { Broken: { } broken } => throw new IOException("The body of an upload broke off.", broken),
                { TooLarge: true } => (new(UploadOutcome.TooLarge, upload.SizeBytes), null),
                _ => (new(UploadOutcome.Appended, upload.SizeBytes), upload),
            };
        }
        catch (StoreException)
        {
            turn.Forget();
            throw;
        }
    }

    /// <returns>Null: the upload went away meanwhile.</returns>
    private ValueTask<UploadRecord?> CommitPartAsync(RepositoryKey key, string id, UploadRecord seen, PendingBlob blob)
    {
        var row = EcrStore.KeyOf(key).Add(id);
        var expiresAt = time.GetUtcNow() + options.UploadExpiry;

        // Not cancelled with the client: it is what the client will go on from.
        return store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Uploads, row).Value is not { } upload || upload.SizeBytes != seen.SizeBytes)
                {
                    return null;
                }

                var next = upload with
                {
                    Parts = [.. upload.Parts, new UploadPart(transaction.AttachBlob(blob).Value, blob.Length)],
                    SizeBytes = upload.SizeBytes + blob.Length,
                    ExpiresAt = expiresAt,
                };
                transaction.Put(EcrSchema.Uploads, row, next);
                return next;
            },
            CancellationToken.None);
    }

    private ValueTask<UploadResult> StoreAsync(RepositoryKey key, UploadRecord upload, string digest, CancellationToken cancellationToken)
    {
        var row = EcrStore.KeyOf(key);
        var expiresAt = time.GetUtcNow() + options.UnusedBlobExpiry;
        return store.Database.WriteAsync(
            transaction =>
            {
                var uploadRow = row.Add(upload.Id);
                if (transaction.Get(EcrSchema.Uploads, uploadRow).Value is not { } current || current.SizeBytes != upload.SizeBytes)
                {
                    return new UploadResult(UploadOutcome.Unknown);
                }

                transaction.Delete(EcrSchema.Uploads, uploadRow);
                var whole = current.Parts is [var only]
                    ? new BlobId(only.Blob)
                    : transaction.ComposeBlob([.. current.Parts.Select(static part => new BlobSlice(new BlobId(part.Blob), 0, part.SizeBytes))]);
                var (link, existed) = LinkCommit.Add(transaction, row, transaction.NameBlob(whole, digest), digest, current.SizeBytes, expiresAt);
                return new UploadResult(UploadOutcome.Stored, current.SizeBytes) { Blob = link, Existed = existed };
            },
            cancellationToken);
    }

    /// <summary>Hashes what the store has: after a restart, or for another algorithm than is computed on the way.</summary>
    private async ValueTask<string> HashAsync(UploadRecord upload, string like, CancellationToken cancellationToken)
    {
        using var hash = ContentDigest.HashFor(like);
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            foreach (var part in upload.Parts)
            {
                await using var stream = await store.Blobs.OpenReadAsync(new BlobId(part.Blob), 0, null, cancellationToken)
                    ?? throw new StoreException(StoreError.Corrupt, "A part of an upload is missing.");
                int read;
                while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    hash.AppendData(buffer.AsSpan(0, read));
                }
            }

            return ContentDigest.Finish(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
