using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketPolicy(S3Store store) : IOperation<GetBucketPolicyRequest, GetBucketPolicyResponse>
{
    public async ValueTask<GetBucketPolicyResponse> HandleAsync(GetBucketPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchBucketPolicy, "The bucket policy does not exist", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketPolicyStatus(S3Store store) : IOperation<GetBucketPolicyStatusRequest, GetBucketPolicyStatusResponse>
{
    public async ValueTask<GetBucketPolicyStatusResponse> HandleAsync(GetBucketPolicyStatusRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchBucketPolicy, "The bucket policy does not exist", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketLifecycleConfiguration(S3Store store) : IOperation<GetBucketLifecycleConfigurationRequest, GetBucketLifecycleConfigurationResponse>
{
    public async ValueTask<GetBucketLifecycleConfigurationResponse> HandleAsync(GetBucketLifecycleConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchLifecycleConfiguration, "The lifecycle configuration does not exist", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketWebsite(S3Store store) : IOperation<GetBucketWebsiteRequest, GetBucketWebsiteResponse>
{
    public async ValueTask<GetBucketWebsiteResponse> HandleAsync(GetBucketWebsiteRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchWebsiteConfiguration, "The specified bucket does not have a website configuration", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketReplication(S3Store store) : IOperation<GetBucketReplicationRequest, GetBucketReplicationResponse>
{
    public async ValueTask<GetBucketReplicationResponse> HandleAsync(GetBucketReplicationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.ReplicationConfigurationNotFoundError, "The replication configuration was not found", bucket.Name);
    }
}

[Operation]
internal sealed class GetObjectLockConfiguration(S3Store store) : IOperation<GetObjectLockConfigurationRequest, GetObjectLockConfigurationResponse>
{
    public async ValueTask<GetObjectLockConfigurationResponse> HandleAsync(GetObjectLockConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.ObjectLockConfigurationNotFoundError, "Object Lock configuration does not exist for this bucket", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketAnalyticsConfiguration(S3Store store) : IOperation<GetBucketAnalyticsConfigurationRequest, GetBucketAnalyticsConfigurationResponse>
{
    public async ValueTask<GetBucketAnalyticsConfigurationResponse> HandleAsync(GetBucketAnalyticsConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketIntelligentTieringConfiguration(S3Store store) : IOperation<GetBucketIntelligentTieringConfigurationRequest, GetBucketIntelligentTieringConfigurationResponse>
{
    public async ValueTask<GetBucketIntelligentTieringConfigurationResponse> HandleAsync(GetBucketIntelligentTieringConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketInventoryConfiguration(S3Store store) : IOperation<GetBucketInventoryConfigurationRequest, GetBucketInventoryConfigurationResponse>
{
    public async ValueTask<GetBucketInventoryConfigurationResponse> HandleAsync(GetBucketInventoryConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}

[Operation]
internal sealed class GetBucketMetricsConfiguration(S3Store store) : IOperation<GetBucketMetricsConfigurationRequest, GetBucketMetricsConfigurationResponse>
{
    public async ValueTask<GetBucketMetricsConfigurationResponse> HandleAsync(GetBucketMetricsConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        throw S3Errors.ConfigurationNotFound(S3ErrorCodes.NoSuchConfiguration, "The specified configuration does not exist.", bucket.Name);
    }
}
