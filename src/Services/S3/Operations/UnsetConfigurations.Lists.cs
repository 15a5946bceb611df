using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class ListBucketAnalyticsConfigurations(S3Store store) : IOperation<ListBucketAnalyticsConfigurationsRequest, ListBucketAnalyticsConfigurationsResponse>
{
    public async ValueTask<ListBucketAnalyticsConfigurationsResponse> HandleAsync(ListBucketAnalyticsConfigurationsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { IsTruncated = false };
    }
}

[Operation]
internal sealed class ListBucketIntelligentTieringConfigurations(S3Store store) : IOperation<ListBucketIntelligentTieringConfigurationsRequest, ListBucketIntelligentTieringConfigurationsResponse>
{
    public async ValueTask<ListBucketIntelligentTieringConfigurationsResponse> HandleAsync(ListBucketIntelligentTieringConfigurationsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { IsTruncated = false };
    }
}

[Operation]
internal sealed class ListBucketInventoryConfigurations(S3Store store) : IOperation<ListBucketInventoryConfigurationsRequest, ListBucketInventoryConfigurationsResponse>
{
    public async ValueTask<ListBucketInventoryConfigurationsResponse> HandleAsync(ListBucketInventoryConfigurationsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { IsTruncated = false };
    }
}

[Operation]
internal sealed class ListBucketMetricsConfigurations(S3Store store) : IOperation<ListBucketMetricsConfigurationsRequest, ListBucketMetricsConfigurationsResponse>
{
    public async ValueTask<ListBucketMetricsConfigurationsResponse> HandleAsync(ListBucketMetricsConfigurationsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { IsTruncated = false };
    }
}
