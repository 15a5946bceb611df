using Fogbank.Services.S3.Domain;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>Puts parts into uploads.</summary>
internal static class PartCommit
{
    public const int MaxNumber = 10_000;

    public static int CheckNumber(int? number) => number is >= 1 and <= MaxNumber
        ? number.Value
        : throw S3Errors.InvalidPartNumberArgument(number ?? 0);

    /// <summary>The checksum an upload keeps of its parts.</summary>
    public static ChecksumFunction KeptBy(UploadRecord upload) => upload.Function ?? ChecksumFunction.Crc64Nvme;

    /// <summary>Throws where a part comes with another checksum than its upload was made for.</summary>
    public static void CheckFunction(UploadRecord upload, ChecksumFunction? sent)
    {
        if (upload.Function is { } expected && sent is { } actual && actual != expected)
        {
            throw S3Errors.InvalidRequest(
                $"Checksum Type mismatch occurred, expected checksum Type: {expected.WireName().ToLowerInvariant()}, actual checksum Type: {actual.WireName().ToLowerInvariant()}");
        }
    }

    /// <summary>Puts a part in the place of what is there. The upload may have been completed or aborted since.</summary>
    public static void Put(ITransaction transaction, BucketRow bucket, UploadRecord upload, PartRecord part)
    {
        if (transaction.Get(S3Tables.Uploads, bucket.UploadKey(upload.Key, upload.UploadId)).Value is null)
        {
            throw S3Errors.NoSuchUpload(upload.UploadId);
        }

        var key = bucket.PartKey(upload.UploadId, part.Number);
        if (transaction.Get(S3Tables.Parts, key).Value is { } old)
        {
            transaction.ReleaseBlob(new BlobId(old.Blob));
        }

        transaction.Put(S3Tables.Parts, key, part);
    }

    /// <summary>Forgets an upload and all its parts. Blobs of parts that <paramref name="keep"/> says are left to the caller.</summary>
    public static void Remove(ITransaction transaction, BucketRow bucket, UploadRecord upload, Func<PartRecord, bool> keep)
    {
        var under = bucket.PartsKey(upload.UploadId);
        ScanToken? after = null;
        do
        {
            var page = transaction.Scan(S3Tables.Parts, under, 1000, after);
            foreach (var part in page.Items)
            {
                if (!keep(part.Value))
                {
                    transaction.ReleaseBlob(new BlobId(part.Value.Blob));
                }
            }

            after = page.Next;
        }
        while (after is not null);

        transaction.DeleteRange(S3Tables.Parts, under);
        transaction.Delete(S3Tables.Uploads, bucket.UploadKey(upload.Key, upload.UploadId));
    }
}
