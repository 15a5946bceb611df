using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.S3.Notifications;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>The open database <c>s3</c>, and the way to a bucket by its name alone.</summary>
internal sealed class S3Store(IStore store, IControl control, EventDelivery delivery) : IServiceLifetime, IResettable
{
    private IDatabase? _database;

    public IDatabase Database => _database ?? throw new InvalidOperationException("The S3 database is not open yet.");

    public IBlobs Blobs => Database.Blobs;

    string IResettable.Service => "s3";

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        _database = await store.OpenAsync(S3Tables.Schema, cancellationToken);
        control.Add(_database, S3Tables.Events, delivery, EventDelivery.Options);
        control.Add(_database, S3Tables.Completed, new CompletedUploads(_database));
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken)
    {
        StoreKey? under = accountId is null ? null : region is null ? StoreKey.OfAccount(accountId) : StoreKey.Of(accountId, region);
        await Database.ResetAsync(under, "s3", cancellationToken);
    }

    public async ValueTask<BucketRow?> FindBucketAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length == 0 || await Database.FindNameAsync(S3Tables.BucketName, name, cancellationToken) is not { } key)
        {
            return null;
        }

        return (await Database.GetAsync(S3Tables.Buckets, key, cancellationToken)).Value is { } record ? new BucketRow(key, record) : null;
    }

    /// <summary>The bucket, or S3's errors where it is missing or belongs to another account than the client expects.</summary>
    public async ValueTask<BucketRow> GetBucketAsync(string name, string? expectedOwner, CancellationToken cancellationToken)
    {
        if (expectedOwner is not null && (expectedOwner.Length != 12 || !expectedOwner.All(char.IsAsciiDigit)))
        {
            throw S3Errors.InvalidBucketOwner(expectedOwner);
        }

        var bucket = await FindBucketAsync(name, cancellationToken) ?? throw S3Errors.NoSuchBucket(name);
        return expectedOwner is null || bucket.Record.AccountId == expectedOwner ? bucket : throw S3Errors.AccessDenied("Access Denied");
    }

    /// <summary>The object; null where there is none.</summary>
    public async ValueTask<ObjectRecord?> FindObjectAsync(BucketRow bucket, string key, CancellationToken cancellationToken) =>
        (await Database.GetAsync(S3Tables.Objects, bucket.ObjectKey(key), cancellationToken)).Value;

    /// <summary>The object, or NoSuchKey.</summary>
    public async ValueTask<ObjectRecord> GetObjectAsync(BucketRow bucket, string key, CancellationToken cancellationToken) =>
        await FindObjectAsync(bucket, key, cancellationToken) ?? throw S3Errors.NoSuchKey(key);

    /// <summary>The parts of an object that was uploaded in parts; null for others.</summary>
    public async ValueTask<ObjectPartsRecord?> FindPartsAsync(BucketRow bucket, string key, CancellationToken cancellationToken) =>
        (await Database.GetAsync(S3Tables.ObjectParts, bucket.ObjectKey(key), cancellationToken)).Value;

    /// <summary>The upload, or NoSuchUpload.</summary>
    public async ValueTask<UploadRecord> GetUploadAsync(BucketRow bucket, string key, string uploadId, CancellationToken cancellationToken) =>
        (await Database.GetAsync(S3Tables.Uploads, bucket.UploadKey(key, uploadId), cancellationToken)).Value
        ?? throw S3Errors.NoSuchUpload(uploadId);

    /// <summary>Changes a bucket's record in one transaction.</summary>
    public async ValueTask ChangeBucketAsync(
        string name, string? expectedOwner, Func<BucketRecord, BucketRecord> change, CancellationToken cancellationToken)
    {
        var bucket = await GetBucketAsync(name, expectedOwner, cancellationToken);
        await Database.WriteAsync(
            transaction => { transaction.Put(S3Tables.Buckets, bucket.Key, change(Current(transaction, bucket))); }, cancellationToken);
    }

    /// <summary>The bucket as a transaction sees it; it may have been deleted since the request found it.</summary>
    public static BucketRecord Current(ITransaction transaction, BucketRow bucket) =>
        transaction.Get(S3Tables.Buckets, bucket.Key).Value ?? throw S3Errors.NoSuchBucket(bucket.Name);
}
