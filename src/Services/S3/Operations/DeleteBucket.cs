using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class DeleteBucket(S3Store store) : IOperation<DeleteBucketRequest, DeleteBucketResponse>
{
    public async ValueTask<DeleteBucketResponse> HandleAsync(
        DeleteBucketRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        await store.Database.WriteAsync(
            transaction =>
            {
                S3Store.Current(transaction, bucket);
                if (transaction.Scan(S3Tables.Objects, bucket.Key, 1).Items.Count > 0)
                {
                    throw S3Errors.BucketNotEmpty(bucket.Name);
                }

                AbortUploads(transaction, bucket);
                transaction.DeleteRange(S3Tables.Completed, bucket.Key);
                transaction.Delete(S3Tables.Buckets, bucket.Key);
                transaction.ReleaseName(S3Tables.BucketName, bucket.Name);
            },
            cancellationToken);
        return new();
    }

    /// <summary>Uploads that nobody completed do not keep a bucket: they go with it.</summary>
    private static void AbortUploads(ITransaction transaction, BucketRow bucket)
    {
        ScanToken? after = null;
        do
        {
            var page = transaction.Scan(S3Tables.Parts, bucket.Key, 1000, after);
            foreach (var part in page.Items)
            {
                transaction.ReleaseBlob(new BlobId(part.Value.Blob));
            }

            after = page.Next;
        }
        while (after is not null);

        transaction.DeleteRange(S3Tables.Parts, bucket.Key);
        transaction.DeleteRange(S3Tables.Uploads, bucket.Key);
    }
}
