using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketTagging(S3Store store) : IOperation<GetBucketTaggingRequest, GetBucketTaggingResponse>
{
    public async ValueTask<GetBucketTaggingResponse> HandleAsync(GetBucketTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return bucket.Record.Tags is { Count: > 0 } tags
            ? new() { TagSet = TagView.From(tags) }
            : throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchTagSet, "The TagSet does not exist", bucket.Name);
    }
}

[Operation]
internal sealed class PutBucketTagging(S3Store store) : IOperation<PutBucketTaggingRequest, PutBucketTaggingResponse>
{
    public async ValueTask<PutBucketTaggingResponse> HandleAsync(PutBucketTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var tags = TagView.Read(request.Tagging, ofBucket: true);
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { Tags = tags }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteBucketTagging(S3Store store) : IOperation<DeleteBucketTaggingRequest, DeleteBucketTaggingResponse>
{
    public async ValueTask<DeleteBucketTaggingResponse> HandleAsync(DeleteBucketTaggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { Tags = null }, cancellationToken);
        return new();
    }
}
