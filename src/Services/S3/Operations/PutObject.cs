using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class PutObject(S3Store store, TimeProvider time) : IOperation<PutObjectRequest, PutObjectResponse>
{
    public async ValueTask<PutObjectResponse> HandleAsync(PutObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        ObjectKey.Check(request.Key);
        var storageClass = request.Settings().Check();
        if (request.WriteOffsetBytes is not null)
        {
            throw S3Errors.NotSupported("appending to objects (x-amz-write-offset-bytes)");
        }

        var tags = TagRules.ParseHeader(request.Tagging);
        var ifAbsent = WriteConditions.IfAbsent(request.IfNoneMatch);
        var demands = BodyDemands.Of(
            request.ContentMD5,
            request.Checksums(),
            context.Http?.AnnouncedTrailers,
            context.Http is null ? null : request.ChecksumAlgorithm,
            RequestFacts.BodyLength(context, request.ContentLength));

        // Looked at before the body is read, and again in the commit.
        ObjectCommit.CheckWrite(await store.FindObjectAsync(bucket, request.Key, cancellationToken), request.Key, request.IfMatch, ifAbsent);
        await using var body = await BodyIntake.ReadAsync(store.Blobs, request.Body, demands, null, context.Http, BodyIntake.MaxBytes, cancellationToken);
        var now = time.GetUtcNow();
        var record = new ObjectRecord
        {
            Blob = 0,
            Size = body.Size,
            ETag = body.ETag,
            ModifiedAt = time.NowInSeconds(),
            Headers = request.Headers(storageClass),
            Checksum = body.Checksum,
            Tags = tags,
        };
        var cause = EventCause.Of("s3:ObjectCreated:Put", context, now);
        await store.Database.WriteAsync(
            transaction =>
            {
                ObjectCommit.CheckWrite(
                    transaction.Get(S3Tables.Objects, bucket.ObjectKey(request.Key)).Value, request.Key, request.IfMatch, ifAbsent);
                ObjectCommit.Publish(
                    transaction, bucket, request.Key, record with { Blob = transaction.AttachBlob(body.Blob).Value }, null, cause);
            },
            cancellationToken);
        var checksum = new ChecksumFields(body.Checksum);
        return new(checksum)
        {
            ETag = EntityTag.Quote(body.ETag),
            ChecksumType = checksum.Type,
            ServerSideEncryption = RequestFacts.Encryption,
        };
    }
}
