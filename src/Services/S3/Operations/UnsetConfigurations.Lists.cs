using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class ListBucketAnalyticsConfigurations(S3Store store) : BucketOperation<ListBucketAnalyticsConfigurationsRequest, ListBucketAnalyticsConfigurationsResponse>(store)
{
    protected override ListBucketAnalyticsConfigurationsResponse Answer(ListBucketAnalyticsConfigurationsRequest request, BucketRecord bucket) => new() { IsTruncated = false };
}

[Operation]
internal sealed class ListBucketIntelligentTieringConfigurations(S3Store store) : BucketOperation<ListBucketIntelligentTieringConfigurationsRequest, ListBucketIntelligentTieringConfigurationsResponse>(store)
{
    protected override ListBucketIntelligentTieringConfigurationsResponse Answer(ListBucketIntelligentTieringConfigurationsRequest request, BucketRecord bucket) => new() { IsTruncated = false };
}

[Operation]
internal sealed class ListBucketInventoryConfigurations(S3Store store) : BucketOperation<ListBucketInventoryConfigurationsRequest, ListBucketInventoryConfigurationsResponse>(store)
{
    protected override ListBucketInventoryConfigurationsResponse Answer(ListBucketInventoryConfigurationsRequest request, BucketRecord bucket) => new() { IsTruncated = false };
}

[Operation]
internal sealed class ListBucketMetricsConfigurations(S3Store store) : BucketOperation<ListBucketMetricsConfigurationsRequest, ListBucketMetricsConfigurationsResponse>(store)
{
    protected override ListBucketMetricsConfigurationsResponse Answer(ListBucketMetricsConfigurationsRequest request, BucketRecord bucket) => new() { IsTruncated = false };
}
