using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class DeleteObject(S3Store store, TimeProvider time) : IOperation<DeleteObjectRequest, DeleteObjectResponse>
{
    public async ValueTask<DeleteObjectResponse> HandleAsync(
        DeleteObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        if (request.IfMatchLastModifiedTime is not null || request.IfMatchSize is not null)
        {
            // AWS has these conditions for directory buckets only.
            throw S3Errors.UnsupportedHeader(
                request.IfMatchSize is null ? "x-amz-if-match-last-modified-time" : "x-amz-if-match-size", "Directory buckets only");
        }

        if (request.BypassGovernanceRetention is true)
        {
            throw S3Errors.InvalidArgument(
                "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.", "x-amz-bypass-governance-retention", "true");
        }

        var cause = EventCause.Of("s3:ObjectRemoved:Delete", context, time.GetUtcNow());
        await store.Database.WriteAsync(
            transaction =>
            {
                if (request.IfMatch is not null)
                {
                    var current = transaction.Get(S3Tables.Objects, bucket.ObjectKey(request.Key)).Value;
                    ObjectCommit.CheckWrite(current, request.Key, request.IfMatch, ifAbsent: false);
                }

                ObjectCommit.Remove(transaction, bucket, request.Key, cause);
            },
            cancellationToken);
        return new();
    }
}
