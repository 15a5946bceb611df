using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketAccelerateConfiguration(S3Store store) : BucketOperation<GetBucketAccelerateConfigurationRequest, GetBucketAccelerateConfigurationResponse>(store)
{
    protected override GetBucketAccelerateConfigurationResponse Answer(GetBucketAccelerateConfigurationRequest request, BucketRecord bucket) => new();
}

[Operation]
internal sealed class GetBucketLogging(S3Store store) : BucketOperation<GetBucketLoggingRequest, GetBucketLoggingResponse>(store)
{
    protected override GetBucketLoggingResponse Answer(GetBucketLoggingRequest request, BucketRecord bucket) => new();
}

/// <summary>Turning it off is all that can be done.</summary>
[Operation]
internal sealed class PutBucketLogging(S3Store store) : BucketOperation<PutBucketLoggingRequest, PutBucketLoggingResponse>(store)
{
    protected override PutBucketLoggingResponse Answer(PutBucketLoggingRequest request, BucketRecord bucket) =>
        request.BucketLoggingStatus.LoggingEnabled is null ? new() : throw S3Errors.NotSupported("server access logging");
}

[Operation]
internal sealed class GetBucketRequestPayment(S3Store store) : BucketOperation<GetBucketRequestPaymentRequest, GetBucketRequestPaymentResponse>(store)
{
    protected override GetBucketRequestPaymentResponse Answer(GetBucketRequestPaymentRequest request, BucketRecord bucket) => new() { Payer = "BucketOwner" };
}

[Operation]
internal sealed class PutBucketRequestPayment(S3Store store) : BucketOperation<PutBucketRequestPaymentRequest, PutBucketRequestPaymentResponse>(store)
{
    protected override PutBucketRequestPaymentResponse Answer(PutBucketRequestPaymentRequest request, BucketRecord bucket) =>
        request.RequestPaymentConfiguration.Payer switch
        {
            "BucketOwner" => new(),
            "Requester" => throw S3Errors.NotSupported("requester pays"),
            _ => throw S3Errors.MalformedXml(),
        };
}

[Operation]
internal sealed class GetBucketVersioning(S3Store store) : BucketOperation<GetBucketVersioningRequest, GetBucketVersioningResponse>(store)
{
    protected override GetBucketVersioningResponse Answer(GetBucketVersioningRequest request, BucketRecord bucket) => new();
}

[Operation]
internal sealed class PutBucketVersioning(S3Store store) : BucketOperation<PutBucketVersioningRequest, PutBucketVersioningResponse>(store)
{
    protected override PutBucketVersioningResponse Answer(PutBucketVersioningRequest request, BucketRecord bucket)
    {
        if (request.VersioningConfiguration.Status is null && request.VersioningConfiguration.MFADelete is null)
        {
            throw S3Errors.VersioningMissing();
        }

        throw S3Errors.NotSupported($"versioning (status {request.VersioningConfiguration.Status ?? "unset"})");
    }
}
