using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class DeleteBucketPolicy(S3Store store) : BucketOperation<DeleteBucketPolicyRequest, DeleteBucketPolicyResponse>(store)
{
    protected override DeleteBucketPolicyResponse Answer(DeleteBucketPolicyRequest request, BucketRecord bucket) => new();
}

[Operation]
internal sealed class DeleteBucketLifecycle(S3Store store) : BucketOperation<DeleteBucketLifecycleRequest, DeleteBucketLifecycleResponse>(store)
{
    protected override DeleteBucketLifecycleResponse Answer(DeleteBucketLifecycleRequest request, BucketRecord bucket) => new();
}

[Operation]
internal sealed class DeleteBucketWebsite(S3Store store) : BucketOperation<DeleteBucketWebsiteRequest, DeleteBucketWebsiteResponse>(store)
{
    protected override DeleteBucketWebsiteResponse Answer(DeleteBucketWebsiteRequest request, BucketRecord bucket) => new();
}

[Operation]
internal sealed class DeleteBucketReplication(S3Store store) : BucketOperation<DeleteBucketReplicationRequest, DeleteBucketReplicationResponse>(store)
{
    protected override DeleteBucketReplicationResponse Answer(DeleteBucketReplicationRequest request, BucketRecord bucket) => new();
}

[Operation]
internal sealed class DeleteBucketAnalyticsConfiguration(S3Store store) : UnsetConfigurationById<DeleteBucketAnalyticsConfigurationRequest, DeleteBucketAnalyticsConfigurationResponse>(store);

[Operation]
internal sealed class DeleteBucketIntelligentTieringConfiguration(S3Store store) : UnsetConfigurationById<DeleteBucketIntelligentTieringConfigurationRequest, DeleteBucketIntelligentTieringConfigurationResponse>(store);

[Operation]
internal sealed class DeleteBucketInventoryConfiguration(S3Store store) : UnsetConfigurationById<DeleteBucketInventoryConfigurationRequest, DeleteBucketInventoryConfigurationResponse>(store);

[Operation]
internal sealed class DeleteBucketMetricsConfiguration(S3Store store) : UnsetConfigurationById<DeleteBucketMetricsConfigurationRequest, DeleteBucketMetricsConfigurationResponse>(store);
