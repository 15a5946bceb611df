using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class UploadPart(S3Store store, TimeProvider time) : IOperation<UploadPartRequest, UploadPartResponse>
{
    public async ValueTask<UploadPartResponse> HandleAsync(UploadPartRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var number = PartCommit.CheckNumber(request.PartNumber);
        WriteSettings.CheckEncryption(null, null, request.SSECustomerAlgorithm);
        var upload = await store.GetUploadAsync(bucket, request.Key, request.UploadId, cancellationToken);
        var demands = BodyDemands.Of(
            request.ContentMD5,
            request.Checksums(),
            context.Http?.AnnouncedTrailers,
            context.Http is null ? null : request.ChecksumAlgorithm,
            RequestFacts.BodyLength(context, request.ContentLength));
        PartCommit.CheckFunction(upload, demands.Function);
        await using var body = await BodyIntake.ReadAsync(
            store.Blobs, request.Body, demands, PartCommit.KeptBy(upload), context.Http, BodyIntake.MaxBytes, cancellationToken);
        var part = new PartRecord
        {
            Number = number,
            Blob = 0,
            Size = body.Size,
            ETag = body.ETag,
            ModifiedAt = time.NowInSeconds(),
            Checksum = body.Checksum,
        };
        await store.Database.WriteAsync(
            transaction => PartCommit.Put(transaction, bucket, upload, part with { Blob = transaction.AttachBlob(body.Blob).Value }),
            cancellationToken);

        // Answered is what the client sent, or what its upload keeps.
        return new(new ChecksumFields(body.Sent ?? body.Checksum))
        {
            ETag = EntityTag.Quote(body.ETag),
            ServerSideEncryption = RequestFacts.Encryption,
        };
    }
}
