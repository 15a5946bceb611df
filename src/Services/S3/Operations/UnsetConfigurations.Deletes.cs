using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class DeleteBucketPolicy(S3Store store) : IOperation<DeleteBucketPolicyRequest, DeleteBucketPolicyResponse>
{
    public async ValueTask<DeleteBucketPolicyResponse> HandleAsync(DeleteBucketPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteBucketLifecycle(S3Store store) : IOperation<DeleteBucketLifecycleRequest, DeleteBucketLifecycleResponse>
{
    public async ValueTask<DeleteBucketLifecycleResponse> HandleAsync(DeleteBucketLifecycleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteBucketWebsite(S3Store store) : IOperation<DeleteBucketWebsiteRequest, DeleteBucketWebsiteResponse>
{
    public async ValueTask<DeleteBucketWebsiteResponse> HandleAsync(DeleteBucketWebsiteRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteBucketReplication(S3Store store) : IOperation<DeleteBucketReplicationRequest, DeleteBucketReplicationResponse>
{
    public async ValueTask<DeleteBucketReplicationResponse> HandleAsync(DeleteBucketReplicationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteBucketAnalyticsConfiguration(S3Store store) : IOperation<DeleteBucketAnalyticsConfigurationRequest, DeleteBucketAnalyticsConfigurationResponse>
{
    public async ValueTask<DeleteBucketAnalyticsConfigurationResponse> HandleAsync(DeleteBucketAnalyticsConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}

[Operation]
internal sealed class DeleteBucketIntelligentTieringConfiguration(S3Store store) : IOperation<DeleteBucketIntelligentTieringConfigurationRequest, DeleteBucketIntelligentTieringConfigurationResponse>
{
    public async ValueTask<DeleteBucketIntelligentTieringConfigurationResponse> HandleAsync(DeleteBucketIntelligentTieringConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}

[Operation]
internal sealed class DeleteBucketInventoryConfiguration(S3Store store) : IOperation<DeleteBucketInventoryConfigurationRequest, DeleteBucketInventoryConfigurationResponse>
{
    public async ValueTask<DeleteBucketInventoryConfigurationResponse> HandleAsync(DeleteBucketInventoryConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}

[Operation]
internal sealed class DeleteBucketMetricsConfiguration(S3Store store) : IOperation<DeleteBucketMetricsConfigurationRequest, DeleteBucketMetricsConfigurationResponse>
{
    public async ValueTask<DeleteBucketMetricsConfigurationResponse> HandleAsync(DeleteBucketMetricsConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}
