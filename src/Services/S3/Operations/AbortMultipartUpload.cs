using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class AbortMultipartUpload(S3Store store) : IOperation<AbortMultipartUploadRequest, AbortMultipartUploadResponse>
{
    public async ValueTask<AbortMultipartUploadResponse> HandleAsync(
        AbortMultipartUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        if (request.IfMatchInitiatedTime is not null)
        {
            throw S3Errors.UnsupportedHeader("x-amz-if-match-initiated-time", "Directory buckets only");
        }

        await store.Database.WriteAsync(
            transaction =>
            {
                var upload = transaction.Get(S3Tables.Uploads, bucket.UploadKey(request.Key, request.UploadId)).Value
                    ?? throw S3Errors.NoSuchUpload(request.UploadId);
                PartCommit.Remove(transaction, bucket, upload, keep: _ => false);
            },
            cancellationToken);
        return new();
    }
}
