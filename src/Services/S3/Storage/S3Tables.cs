using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>What the database <c>s3</c> holds. Every key begins with the account and region of its bucket.</summary>
internal static class S3Tables
{
    /// <summary>The kind of the global names that buckets claim.</summary>
    public const string BucketName = "s3.bucket";

    /// <summary>…, bucket.</summary>
    public static readonly Table<BucketRecord> Buckets = new("s3.bucket", S3Json.Default.BucketRecord)
    {
        Indexes = [new(BucketListing.Index, BucketListing.IndexValue)],
    };

    /// <summary>…, bucket, key.</summary>
    public static readonly Table<ObjectRecord> Objects = new("s3.object", S3Json.Default.ObjectRecord)
    {
        Blobs = record => [new BlobId(record.Blob)],
    };

    /// <summary>…, bucket, key.</summary>
    public static readonly Table<ObjectPartsRecord> ObjectParts = new("s3.object-parts", S3Json.Default.ObjectPartsRecord);

    /// <summary>…, bucket, key, upload id; the ids of one key sort by time.</summary>
    public static readonly Table<UploadRecord> Uploads = new("s3.upload", S3Json.Default.UploadRecord);

    /// <summary>…, bucket, upload id, part number.</summary>
    public static readonly Table<PartRecord> Parts = new("s3.part", S3Json.Default.PartRecord)
    {
        Blobs = record => [new BlobId(record.Blob)],
    };

    /// <summary>…, bucket, upload id.</summary>
    public static readonly Table<CompletedUploadRecord> Completed = new("s3.completed", S3Json.Default.CompletedUploadRecord)
    {
        WakeAt = record => record.ForgetAt,
    };

    /// <summary>Ordered by …, bucket, configuration, key.</summary>
    public static readonly Outbox<EventRecord> Events = new("s3.event", S3Json.Default.EventRecord);

    public static DatabaseSchema Schema { get; } = new()
    {
        Database = "s3",
        Owner = "s3",
        Tables = [Buckets, Objects, ObjectParts, Uploads, Parts, Completed],
        Outboxes = [Events],
    };
}
