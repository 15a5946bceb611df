using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetObjectTagging(S3Store store) : IOperation<GetObjectTaggingRequest, GetObjectTaggingResponse>
{
    public async ValueTask<GetObjectTaggingResponse> HandleAsync(GetObjectTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        var record = await store.GetObjectAsync(bucket, request.Key, cancellationToken);
        return new() { TagSet = TagView.From(record.Tags ?? []) };
    }
}

[Operation]
internal sealed class PutObjectTagging(S3Store store) : IOperation<PutObjectTaggingRequest, PutObjectTaggingResponse>
{
    public async ValueTask<PutObjectTaggingResponse> HandleAsync(PutObjectTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var tags = TagView.Read(request.Tagging, ofBucket: false);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        await store.Database.WriteAsync(
            transaction =>
            {
                var key = bucket.ObjectKey(request.Key);
                var record = transaction.Get(S3Tables.Objects, key).Value ?? throw S3Errors.NoSuchKey(request.Key);
                transaction.Put(S3Tables.Objects, key, record with { Tags = tags });
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteObjectTagging(S3Store store) : IOperation<DeleteObjectTaggingRequest, DeleteObjectTaggingResponse>
{
    public async ValueTask<DeleteObjectTaggingResponse> HandleAsync(DeleteObjectTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        await store.Database.WriteAsync(
            transaction =>
            {
                var key = bucket.ObjectKey(request.Key);
                var record = transaction.Get(S3Tables.Objects, key).Value ?? throw S3Errors.NoSuchKey(request.Key);
                transaction.Put(S3Tables.Objects, key, record with { Tags = null });
            },
            cancellationToken);
        return new();
    }
}
