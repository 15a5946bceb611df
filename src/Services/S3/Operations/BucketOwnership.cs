using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketOwnershipControls(S3Store store) : IOperation<GetBucketOwnershipControlsRequest, GetBucketOwnershipControlsResponse>
{
    public async ValueTask<GetBucketOwnershipControlsResponse> HandleAsync(GetBucketOwnershipControlsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return bucket.Record.ObjectOwnership is { } ownership
            ? new() { OwnershipControls = new() { Rules = [new() { ObjectOwnership = ownership }] } }
            : throw S3Errors.ConfigurationNotFound(
                S3ErrorCodes.OwnershipControlsNotFoundError, "The bucket ownership controls were not found", bucket.Name);
    }
}

[Operation]
internal sealed class PutBucketOwnershipControls(S3Store store) : IOperation<PutBucketOwnershipControlsRequest, PutBucketOwnershipControlsResponse>
{
    public async ValueTask<PutBucketOwnershipControlsResponse> HandleAsync(PutBucketOwnershipControlsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var ownership = request.OwnershipControls.Rules is [var rule] ? rule.ObjectOwnership : throw S3Errors.MalformedXml();
        if (ownership is "BucketOwnerPreferred" or "ObjectWriter")
        {
            throw S3Errors.NotSupported($"the object ownership {ownership}, which enables ACLs,");
        }

        if (ownership is not "BucketOwnerEnforced")
        {
            throw S3Errors.MalformedXml();
        }

        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { ObjectOwnership = ownership }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteBucketOwnershipControls(S3Store store) : IOperation<DeleteBucketOwnershipControlsRequest, DeleteBucketOwnershipControlsResponse>
{
    public async ValueTask<DeleteBucketOwnershipControlsResponse> HandleAsync(DeleteBucketOwnershipControlsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { ObjectOwnership = null }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class GetPublicAccessBlock(S3Store store) : IOperation<GetPublicAccessBlockRequest, GetPublicAccessBlockResponse>
{
    public async ValueTask<GetPublicAccessBlockResponse> HandleAsync(GetPublicAccessBlockRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return bucket.Record.PublicAccess is { } access
            ? new()
            {
                PublicAccessBlockConfiguration = new()
                {
                    BlockPublicAcls = access.BlockPublicAcls,
                    IgnorePublicAcls = access.IgnorePublicAcls,
                    BlockPublicPolicy = access.BlockPublicPolicy,
                    RestrictPublicBuckets = access.RestrictPublicBuckets,
                },
            }
            : throw S3Errors.ConfigurationNotFound(
                S3ErrorCodes.NoSuchPublicAccessBlockConfiguration, "The public access block configuration was not found", bucket.Name);
    }
}

/// <summary>Nothing can be made public here (no ACLs, no bucket policies), so every setting of the block is acted on.</summary>
[Operation]
internal sealed class PutPublicAccessBlock(S3Store store) : IOperation<PutPublicAccessBlockRequest, PutPublicAccessBlockResponse>
{
    public async ValueTask<PutPublicAccessBlockResponse> HandleAsync(PutPublicAccessBlockRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var asked = request.PublicAccessBlockConfiguration;
        var access = new PublicAccessRecord(
            asked.BlockPublicAcls is true, asked.IgnorePublicAcls is true, asked.BlockPublicPolicy is true, asked.RestrictPublicBuckets is true);
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { PublicAccess = access }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeletePublicAccessBlock(S3Store store) : IOperation<DeletePublicAccessBlockRequest, DeletePublicAccessBlockResponse>
{
    public async ValueTask<DeletePublicAccessBlockResponse> HandleAsync(DeletePublicAccessBlockRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { PublicAccess = null }, cancellationToken);
        return new();
    }
}
