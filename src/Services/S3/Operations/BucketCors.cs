using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketCors(S3Store store) : IOperation<GetBucketCorsRequest, GetBucketCorsResponse>
{
    public async ValueTask<GetBucketCorsResponse> HandleAsync(GetBucketCorsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return bucket.Record.Cors is { } rules
            ? new() { CORSRules = [.. rules.Select(ViewOf)] }
            : throw S3Errors.ConfigurationNotFound(
                S3ErrorCodes.NoSuchCORSConfiguration, "The CORS configuration does not exist", bucket.Name);
    }

    private static CORSRule ViewOf(CorsRuleRecord rule) => new()
    {
        ID = rule.Id,
        AllowedHeaders = rule.AllowedHeaders,
        AllowedMethods = rule.AllowedMethods,
        AllowedOrigins = rule.AllowedOrigins,
        ExposeHeaders = rule.ExposeHeaders,
        MaxAgeSeconds = rule.MaxAgeSeconds,
    };
}

[Operation]
internal sealed class PutBucketCors(S3Store store) : IOperation<PutBucketCorsRequest, PutBucketCorsResponse>
{
    public async ValueTask<PutBucketCorsResponse> HandleAsync(PutBucketCorsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        List<CorsRuleRecord> rules = [.. request.CORSConfiguration.CORSRules.Select(RecordOf)];
        CorsRules.Check(rules);
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { Cors = rules }, cancellationToken);
        return new();
    }

    private static CorsRuleRecord RecordOf(CORSRule rule) => new()
    {
        Id = rule.ID,
        AllowedHeaders = rule.AllowedHeaders,
        AllowedMethods = rule.AllowedMethods,
        AllowedOrigins = rule.AllowedOrigins,
        ExposeHeaders = rule.ExposeHeaders,
        MaxAgeSeconds = rule.MaxAgeSeconds,
    };
}

[Operation]
internal sealed class DeleteBucketCors(S3Store store) : IOperation<DeleteBucketCorsRequest, DeleteBucketCorsResponse>
{
    public async ValueTask<DeleteBucketCorsResponse> HandleAsync(DeleteBucketCorsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { Cors = null }, cancellationToken);
        return new();
    }
}
