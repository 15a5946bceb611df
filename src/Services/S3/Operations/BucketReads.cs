using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class HeadBucket(S3Store store) : IOperation<HeadBucketRequest, HeadBucketResponse>
{
    public async ValueTask<HeadBucketResponse> HandleAsync(HeadBucketRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { BucketArn = bucket.Record.Arn, BucketRegion = bucket.Record.Region, AccessPointAlias = false };
    }
}

[Operation]
internal sealed class GetBucketLocation(S3Store store) : IOperation<GetBucketLocationRequest, GetBucketLocationResponse>
{
    public async ValueTask<GetBucketLocationResponse> HandleAsync(
        GetBucketLocationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { LocationConstraint = bucket.Record.Region == "us-east-1" ? null : bucket.Record.Region };
    }
}
