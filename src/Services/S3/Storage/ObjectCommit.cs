using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>How objects come and go inside a transaction: row, parts, blob references and events change together.</summary>
internal static class ObjectCommit
{
    /// <summary>Puts an object in the place of what is there.</summary>
    /// <param name="record">Its blob's reference now belongs to the row.</param>
    public static void Publish(
        ITransaction transaction, BucketRow bucket, string key, ObjectRecord record, ObjectPartsRecord? parts, EventCause cause)
    {
        var current = S3Store.Current(transaction, bucket);
        var rowKey = bucket.ObjectKey(key);
        if (transaction.Get(S3Tables.Objects, rowKey).Value is { } old)
        {
            Release(transaction, rowKey, old);
        }

        transaction.Put(S3Tables.Objects, rowKey, record);
        if (parts is not null)
        {
            transaction.Put(S3Tables.ObjectParts, rowKey, parts);
        }

        Events.Enqueue(transaction, bucket, current, key, cause, record);
    }

    /// <summary>Deletes an object; nothing happens (and nobody is told) where there is none.</summary>
    public static void Remove(ITransaction transaction, BucketRow bucket, string key, EventCause cause)
    {
        var current = S3Store.Current(transaction, bucket);
        var rowKey = bucket.ObjectKey(key);
        if (transaction.Get(S3Tables.Objects, rowKey).Value is not { } old)
        {
            return;
        }

        Release(transaction, rowKey, old);
        transaction.Delete(S3Tables.Objects, rowKey);
        Events.Enqueue(transaction, bucket, current, key, cause, null);
    }

    /// <summary>Throws what S3 says where the conditions of a write do not hold.</summary>
    /// <param name="ifMatch">The ETag that must be there; null for no matter.</param>
    /// <param name="ifAbsent">Nothing may be there.</param>
    public static void CheckWrite(ObjectRecord? current, string key, string? ifMatch, bool ifAbsent)
    {
        if (ifAbsent && current is not null)
        {
            throw S3Errors.PreconditionFailed("If-None-Match");
        }

        if (ifMatch is null)
        {
            return;
        }

        if (current is null)
        {
            throw S3Errors.NoSuchKey(key);
        }

        if (!EntityTag.Matches(ifMatch, current.ETag))
        {
            throw S3Errors.PreconditionFailed("If-Match");
        }
    }

    private static void Release(ITransaction transaction, StoreKey rowKey, ObjectRecord old)
    {
        transaction.ReleaseBlob(new BlobId(old.Blob));
        if (old.PartCount > 0)
        {
            transaction.Delete(S3Tables.ObjectParts, rowKey);
        }
    }
}
