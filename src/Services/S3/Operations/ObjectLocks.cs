using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetObjectLegalHold(S3Store store) : IOperation<GetObjectLegalHoldRequest, GetObjectLegalHoldResponse>
{
    public async ValueTask<GetObjectLegalHoldResponse> HandleAsync(GetObjectLegalHoldRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration");
    }
}

[Operation]
internal sealed class GetObjectRetention(S3Store store) : IOperation<GetObjectRetentionRequest, GetObjectRetentionResponse>
{
    public async ValueTask<GetObjectRetentionResponse> HandleAsync(GetObjectRetentionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration");
    }
}

[Operation]
internal sealed class PutObjectLegalHold(S3Store store) : IOperation<PutObjectLegalHoldRequest, PutObjectLegalHoldResponse>
{
    public async ValueTask<PutObjectLegalHoldResponse> HandleAsync(PutObjectLegalHoldRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration");
    }
}

[Operation]
internal sealed class PutObjectRetention(S3Store store) : IOperation<PutObjectRetentionRequest, PutObjectRetentionResponse>
{
    public async ValueTask<PutObjectRetentionResponse> HandleAsync(PutObjectRetentionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration");
    }
}

[Operation]
internal sealed class PutObjectLockConfiguration(S3Store store) : IOperation<PutObjectLockConfigurationRequest, PutObjectLockConfigurationResponse>
{
    public async ValueTask<PutObjectLockConfigurationResponse> HandleAsync(PutObjectLockConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.VersioningNotEnabled();
    }
}
