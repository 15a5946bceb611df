using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketPolicy(S3Store store) : UnsetConfiguration<GetBucketPolicyRequest, GetBucketPolicyResponse>(
    store, S3ErrorCodes.NoSuchBucketPolicy, "The bucket policy does not exist");

[Operation]
internal sealed class GetBucketPolicyStatus(S3Store store) : UnsetConfiguration<GetBucketPolicyStatusRequest, GetBucketPolicyStatusResponse>(
    store, S3ErrorCodes.NoSuchBucketPolicy, "The bucket policy does not exist");

[Operation]
internal sealed class GetBucketLifecycleConfiguration(S3Store store) : UnsetConfiguration<GetBucketLifecycleConfigurationRequest, GetBucketLifecycleConfigurationResponse>(
    store, S3ErrorCodes.NoSuchLifecycleConfiguration, "The lifecycle configuration does not exist");

[Operation]
internal sealed class GetBucketWebsite(S3Store store) : UnsetConfiguration<GetBucketWebsiteRequest, GetBucketWebsiteResponse>(
    store, S3ErrorCodes.NoSuchWebsiteConfiguration, "The specified bucket does not have a website configuration");

[Operation]
internal sealed class GetBucketReplication(S3Store store) : UnsetConfiguration<GetBucketReplicationRequest, GetBucketReplicationResponse>(
    store, S3ErrorCodes.ReplicationConfigurationNotFoundError, "The replication configuration was not found");

[Operation]
internal sealed class GetObjectLockConfiguration(S3Store store) : UnsetConfiguration<GetObjectLockConfigurationRequest, GetObjectLockConfigurationResponse>(
    store, S3ErrorCodes.ObjectLockConfigurationNotFoundError, "Object Lock configuration does not exist for this bucket");

[Operation]
internal sealed class GetBucketAnalyticsConfiguration(S3Store store) : UnsetConfigurationById<GetBucketAnalyticsConfigurationRequest, GetBucketAnalyticsConfigurationResponse>(store);

[Operation]
internal sealed class GetBucketIntelligentTieringConfiguration(S3Store store) : UnsetConfigurationById<GetBucketIntelligentTieringConfigurationRequest, GetBucketIntelligentTieringConfigurationResponse>(store);

[Operation]
internal sealed class GetBucketInventoryConfiguration(S3Store store) : UnsetConfigurationById<GetBucketInventoryConfigurationRequest, GetBucketInventoryConfigurationResponse>(store);

[Operation]
internal sealed class GetBucketMetricsConfiguration(S3Store store) : UnsetConfigurationById<GetBucketMetricsConfigurationRequest, GetBucketMetricsConfigurationResponse>(store);
