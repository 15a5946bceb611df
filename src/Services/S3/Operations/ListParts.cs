using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class ListParts(S3Store store) : IOperation<ListPartsRequest, ListPartsResponse>
{
    public async ValueTask<ListPartsResponse> HandleAsync(ListPartsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var upload = await store.GetUploadAsync(bucket, request.Key, request.UploadId, cancellationToken);
        var size = RequestFacts.PageSize(request.MaxParts, 1000, "max-parts");
        var marker = request.PartNumberMarker ?? 0;
        KeyRange range = bucket.PartsKey(upload.UploadId);
        var page = await store.Database.ScanAsync(
            S3Tables.Parts, range.StartAfter(bucket.PartKey(upload.UploadId, marker)), size + 1, null, cancellationToken);
        var parts = page.Items.Take(size).Select(entry => entry.Value).ToList();
        return new()
        {
            Bucket = bucket.Name,
            Key = upload.Key,
            UploadId = upload.UploadId,
            PartNumberMarker = marker,
            NextPartNumberMarker = parts.Count > 0 ? parts[^1].Number : 0,
            MaxParts = size,
            IsTruncated = page.Items.Count > size,
            Parts = parts.Count == 0 ? null : [.. parts.Select(part => ViewOf(part, upload))],
            Initiator = UploadView.InitiatorOf(upload),
            Owner = new() { ID = bucket.OwnerId },
            StorageClass = upload.Headers.StorageClass ?? "STANDARD",
            ChecksumAlgorithm = upload.Function?.WireName(),
            ChecksumType = upload.Function is null ? null : upload.Kind.WireName(),
        };
    }

    private static Part ViewOf(PartRecord part, UploadRecord upload)
    {
        return new(new ChecksumFields(upload.Function is null ? null : part.Checksum))
        {
            PartNumber = part.Number,
            LastModified = part.ModifiedAt,
            ETag = EntityTag.Quote(part.ETag),
            Size = part.Size,
        };
    }
}
