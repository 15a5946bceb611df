using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketEncryption(S3Store store) : IOperation<GetBucketEncryptionRequest, GetBucketEncryptionResponse>
{
    public async ValueTask<GetBucketEncryptionResponse> HandleAsync(GetBucketEncryptionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new()
        {
            ServerSideEncryptionConfiguration = new()
            {
                Rules =
                [
                    new()
                    {
                        ApplyServerSideEncryptionByDefault = new() { SSEAlgorithm = RequestFacts.Encryption },
                        BucketKeyEnabled = bucket.Record.BucketKeyEnabled,
                    },
                ],
            },
        };
    }
}

[Operation]
internal sealed class PutBucketEncryption(S3Store store) : IOperation<PutBucketEncryptionRequest, PutBucketEncryptionResponse>
{
    public async ValueTask<PutBucketEncryptionResponse> HandleAsync(PutBucketEncryptionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.ServerSideEncryptionConfiguration.Rules is not [{ ApplyServerSideEncryptionByDefault: { } asked } rule])
        {
            throw S3Errors.MalformedXml();
        }

        if (asked.SSEAlgorithm is "AES256" && asked.KMSMasterKeyID is not null)
        {
            throw S3Errors.InvalidArgument(
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
                "ApplyServerSideEncryptionByDefault",
                asked.KMSMasterKeyID);
        }

        if (rule.BlockedEncryptionTypes is not null)
        {
            throw S3Errors.NotSupported("blocked encryption types");
        }

        WriteSettings.CheckEncryption(asked.SSEAlgorithm, asked.KMSMasterKeyID, null);
        await store.ChangeBucketAsync(
            request.Bucket,
            request.ExpectedBucketOwner,
            record => record with { BucketKeyEnabled = rule.BucketKeyEnabled is true },
            cancellationToken);
        return new();
    }
}

/// <summary>Back to AES256, which cannot be turned off.</summary>
[Operation]
internal sealed class DeleteBucketEncryption(S3Store store) : IOperation<DeleteBucketEncryptionRequest, DeleteBucketEncryptionResponse>
{
    public async ValueTask<DeleteBucketEncryptionResponse> HandleAsync(DeleteBucketEncryptionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeBucketAsync(
            request.Bucket, request.ExpectedBucketOwner, record => record with { BucketKeyEnabled = false }, cancellationToken);
        return new();
    }
}
