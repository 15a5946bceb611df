using Fogbank.Services.S3.Domain;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>Digests of the bytes that a copy will have.</summary>
internal readonly record struct CopyDigest(string ETag, ChecksumRecord Checksum);

/// <summary>Reads the source of a copy and commits the copy only while the source still is what was read.</summary>
internal sealed class CopyReading(S3Store store, TimeProvider time)
{
    private const int MaxAttempts = 8;

    /// <summary>Checks the source, digests it where its own digests are not the copy's, and runs <paramref name="commit"/>.</summary>
    /// <param name="function">The checksum asked for; null for the source's own, or CRC64NVME.</param>
    /// <param name="commit">Runs in the transaction; the source's blob is there.</param>
    public async ValueTask<TResult> CommitAsync<TResult>(
        BucketRow from,
        string key,
        Conditions conditions,
        ChecksumFunction? function,
        Func<ITransaction, ObjectRecord, CopyDigest, TResult> commit,
        CancellationToken cancellationToken)
        where TResult : class
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var original = await GetSourceAsync(from, key, conditions, cancellationToken);
            if (original.Size > BodyIntake.MaxBytes)
            {
                throw S3Errors.InvalidRequest(
                    $"The specified copy source is larger than the maximum allowable size for a copy source: {BodyIntake.MaxBytes}");
            }

            if (await DigestAsync(original, function, cancellationToken) is not { } digest)
            {
                continue;
            }

            var result = await store.Database.WriteAsync(
                transaction => IsStill(transaction, from, key, original) ? commit(transaction, original, digest) : null, cancellationToken);
            if (result is not null)
            {
                return result;
            }
        }

        throw S3Errors.Conflict(key);
    }

    /// <summary>The source of a copy, if its conditions hold.</summary>
    public async ValueTask<ObjectRecord> GetSourceAsync(BucketRow from, string key, Conditions conditions, CancellationToken cancellationToken)
    {
        var original = await store.GetObjectAsync(from, key, cancellationToken);
        return conditions.CheckCopySource(original.ETag, original.ModifiedAt, time.GetUtcNow()) is { } failed
            ? throw S3Errors.PreconditionFailed(failed.Header)
            : original;
    }

    public static bool IsStill(ITransaction transaction, BucketRow from, string key, ObjectRecord original) =>
        transaction.Get(S3Tables.Objects, from.ObjectKey(key)).Value is { } current
        && current.Blob == original.Blob
        && current.ETag == original.ETag
        && current.ModifiedAt == original.ModifiedAt;

    /// <summary>Null where the object was replaced meanwhile.</summary>
    private async ValueTask<CopyDigest?> DigestAsync(ObjectRecord original, ChecksumFunction? function, CancellationToken cancellationToken)
    {
        var wanted = function ?? original.Checksum?.Function ?? ChecksumFunction.Crc64Nvme;
        if (original.PartCount == 0 && original.Checksum is { Kind: ChecksumKind.FullObject } checksum && checksum.Function == wanted)
        {
            return new(original.ETag, checksum);
        }

        // A copy is one piece: the ETag and the composite checksum of a multipart object are not its.
        await using var stream = await store.Blobs.OpenReadAsync(new BlobId(original.Blob), 0, null, cancellationToken);
        if (stream is null)
        {
            return null;
        }

        var (etag, computed) = await BodyIntake.DigestAsync(stream, wanted, cancellationToken);
        return new(etag, computed);
    }
}
