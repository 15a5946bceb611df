using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketAccelerateConfiguration(S3Store store) : IOperation<GetBucketAccelerateConfigurationRequest, GetBucketAccelerateConfigurationResponse>
{
    public async ValueTask<GetBucketAccelerateConfigurationResponse> HandleAsync(GetBucketAccelerateConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class GetBucketLogging(S3Store store) : IOperation<GetBucketLoggingRequest, GetBucketLoggingResponse>
{
    public async ValueTask<GetBucketLoggingResponse> HandleAsync(GetBucketLoggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }
}

/// <summary>Turning it off is all that can be done.</summary>
[Operation]
internal sealed class PutBucketLogging(S3Store store) : IOperation<PutBucketLoggingRequest, PutBucketLoggingResponse>
{
    public async ValueTask<PutBucketLoggingResponse> HandleAsync(PutBucketLoggingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return request.BucketLoggingStatus.LoggingEnabled is null ? new() : throw S3Errors.NotSupported("server access logging");
    }
}

[Operation]
internal sealed class GetBucketRequestPayment(S3Store store) : IOperation<GetBucketRequestPaymentRequest, GetBucketRequestPaymentResponse>
{
    public async ValueTask<GetBucketRequestPaymentResponse> HandleAsync(GetBucketRequestPaymentRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { Payer = "BucketOwner" };
    }
}

[Operation]
internal sealed class PutBucketRequestPayment(S3Store store) : IOperation<PutBucketRequestPaymentRequest, PutBucketRequestPaymentResponse>
{
    public async ValueTask<PutBucketRequestPaymentResponse> HandleAsync(PutBucketRequestPaymentRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return request.RequestPaymentConfiguration.Payer switch
        {
            "BucketOwner" => new(),
            "Requester" => throw S3Errors.NotSupported("requester pays"),
            _ => throw S3Errors.MalformedXml(),
        };
    }
}

[Operation]
internal sealed class GetBucketVersioning(S3Store store) : IOperation<GetBucketVersioningRequest, GetBucketVersioningResponse>
{
    public async ValueTask<GetBucketVersioningResponse> HandleAsync(GetBucketVersioningRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class PutBucketVersioning(S3Store store) : IOperation<PutBucketVersioningRequest, PutBucketVersioningResponse>
{
    public async ValueTask<PutBucketVersioningResponse> HandleAsync(PutBucketVersioningRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        if (request.VersioningConfiguration.Status is null && request.VersioningConfiguration.MFADelete is null)
        {
            throw S3Errors.VersioningMissing();
        }

        throw S3Errors.NotSupported($"versioning (status {request.VersioningConfiguration.Status ?? "unset"})");
    }
}
