using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class DeleteObjects(S3Store store, TimeProvider time) : IOperation<DeleteObjectsRequest, DeleteObjectsResponse>
{
    private const int MaxKeys = 1000;

    public async ValueTask<DeleteObjectsResponse> HandleAsync(
        DeleteObjectsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        if (request.Delete.Objects is not { Count: > 0 and <= MaxKeys } objects)
        {
            throw S3Errors.MalformedXml();
        }

        if (request.BypassGovernanceRetention is true)
        {
            throw S3Errors.InvalidArgument(
                "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.", "x-amz-bypass-governance-retention", "true");
        }

        var cause = EventCause.Of("s3:ObjectRemoved:Delete", context, time.GetUtcNow());
        var failures = await store.Database.WriteAsync(
            transaction => objects.Select(item => Delete(transaction, bucket, item, cause)).ToList(), cancellationToken);
        var deleted = new List<DeletedObject>();
        var errors = new List<Error>();
        foreach (var (item, failure) in objects.Zip(failures))
        {
            if (failure is not null)
            {
                errors.Add(new() { Key = item.Key, VersionId = item.VersionId, Code = failure.Code.XmlCode, Message = failure.Message });
            }
            else if (request.Delete.Quiet is not true)
            {
                deleted.Add(new() { Key = item.Key, VersionId = item.VersionId });
            }
        }

        return new() { Deleted = deleted.Count == 0 ? null : deleted, Errors = errors.Count == 0 ? null : errors };
    }

    /// <summary>Each key succeeds or fails by itself: what stands in the way of one is a value here, so that the others stay deleted.</summary>
    private static AwsException? Delete(ITransaction transaction, BucketRow bucket, ObjectIdentifier item, EventCause cause)
    {
        try
        {
            RequestFacts.CheckVersion(item.VersionId, item.Key);
            if (item.ETag is not null)
            {
                var current = transaction.Get(S3Tables.Objects, bucket.ObjectKey(item.Key)).Value;
                ObjectCommit.CheckWrite(current, item.Key, item.ETag, ifAbsent: false);
            }

            ObjectKey.Check(item.Key);
        }
        catch (AwsException exception)
        {
            return exception;
        }

        ObjectCommit.Remove(transaction, bucket, item.Key, cause);
        return null;
    }
}
