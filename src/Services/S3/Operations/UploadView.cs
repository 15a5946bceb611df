using Fogbank.Contracts.S3;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

/// <summary>Uploads as listings show them.</summary>
internal static class UploadView
{
    public static Initiator InitiatorOf(UploadRecord upload) => new()
    {
        ID = upload.InitiatorArn,
        DisplayName = upload.InitiatorArn[(upload.InitiatorArn.LastIndexOf(':') + 1)..],
    };

    public static MultipartUpload From(UploadRecord upload, BucketRow bucket, ListingText text) => new()
    {
        UploadId = upload.UploadId,
        Key = text.Of(upload.Key),
        Initiated = upload.InitiatedAt,
        StorageClass = upload.Headers.StorageClass ?? "STANDARD",
        Owner = new() { ID = bucket.OwnerId },
        Initiator = InitiatorOf(upload),
        ChecksumAlgorithm = upload.Function?.WireName(),
        ChecksumType = upload.Function is null ? null : upload.Kind.WireName(),
    };
}
