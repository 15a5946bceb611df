using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetObjectAttributes(S3Store store) : IOperation<GetObjectAttributesRequest, GetObjectAttributesResponse>
{
    private static readonly string[] s_names = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    public async ValueTask<GetObjectAttributesResponse> HandleAsync(
        GetObjectAttributesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        WriteSettings.CheckEncryption(null, null, request.SSECustomerAlgorithm);
        if (request.ObjectAttributes.Count == 0 || request.ObjectAttributes.FirstOrDefault(name => !s_names.Contains(name)) is not null)
        {
            throw S3Errors.InvalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", string.Join(',', request.ObjectAttributes));
        }

        var wanted = request.ObjectAttributes;
        var record = await store.GetObjectAsync(bucket, request.Key, cancellationToken);
        var parts = wanted.Contains("ObjectParts") && record.PartCount > 0
            ? await store.FindPartsAsync(bucket, request.Key, cancellationToken)
            : null;
        return new()
        {
            LastModified = record.ModifiedAt,
            ETag = wanted.Contains("ETag") ? record.ETag : null,
            Checksum = wanted.Contains("Checksum") && record.Checksum is { } checksum ? new(new ChecksumFields(checksum)) { ChecksumType = checksum.Kind.WireName() } : null,
            ObjectParts = parts is null ? null : PartsOf(parts, record.Checksum, request),
            StorageClass = wanted.Contains("StorageClass") ? record.StorageClass : null,
            ObjectSize = wanted.Contains("ObjectSize") ? record.Size : null,
        };
    }

    private static GetObjectAttributesParts PartsOf(ObjectPartsRecord record, ChecksumRecord? whole, GetObjectAttributesRequest request)
    {
        // AWS lists the parts of composite checksums only; of others it tells how many there are.
        if (whole?.Kind != ChecksumKind.Composite)
        {
            return new() { TotalPartsCount = record.Parts.Count };
        }

        var size = RequestFacts.PageSize(request.MaxParts, 1000, "x-amz-max-parts");
        var marker = request.PartNumberMarker ?? 0;
        var behind = record.Parts.Where(part => part.Number > marker).ToList();
        var page = behind.Take(size).ToList();
        return new()
        {
            TotalPartsCount = record.Parts.Count,
            PartNumberMarker = marker,
            NextPartNumberMarker = page.Count > 0 ? page[^1].Number : 0,
            MaxParts = size,
            IsTruncated = behind.Count > size,
            Parts = page.Count == 0 ? null : [.. page.Select(part => PartOf(part, whole.Function))],
        };
    }

    private static ObjectPart PartOf(ObjectPartRecord part, ChecksumFunction function)
    {
        return new(new ChecksumFields(part.Checksum is null ? null : new(function, part.Checksum)))
        {
            PartNumber = part.Number,
            Size = part.Size,
        };
    }
}
