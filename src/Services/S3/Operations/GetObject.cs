using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetObject(S3Store store, ObjectReading reading) : IOperation<GetObjectRequest, GetObjectResponse>
{
    public async ValueTask<GetObjectResponse> HandleAsync(GetObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        WriteSettings.CheckEncryption(null, null, request.SSECustomerAlgorithm);
        var query = new ReadQuery(
            new(request.IfMatch, request.IfNoneMatch, request.IfModifiedSince, request.IfUnmodifiedSince), request.Range, request.PartNumber);
        var (plan, body) = await reading.OpenAsync(bucket, request.Key, query, cancellationToken);
        var (record, headers) = (plan.Object, plan.Object.Headers);
        var checksum = new ChecksumFields(request.ChecksumMode == "ENABLED" ? plan.Checksum : null);
        return new()
        {
            Body = body,
            AcceptRanges = "bytes",
            ContentLength = plan.Length,
            ContentRange = plan.ContentRange,
            LastModified = record.ModifiedAt,
            ETag = EntityTag.Quote(record.ETag),
            ContentType = request.ResponseContentType ?? headers.ContentType ?? "binary/octet-stream",
            CacheControl = request.ResponseCacheControl ?? headers.CacheControl,
            ContentDisposition = request.ResponseContentDisposition ?? headers.ContentDisposition,
            ContentEncoding = request.ResponseContentEncoding ?? headers.ContentEncoding,
            ContentLanguage = request.ResponseContentLanguage ?? headers.ContentLanguage,
            Expires = request.ResponseExpires ?? headers.Expires,
            WebsiteRedirectLocation = headers.WebsiteRedirectLocation,
            Metadata = headers.Metadata,
            StorageClass = headers.StorageClass,
            TagCount = record.Tags is { Count: > 0 } tags ? tags.Count : null,
            PartsCount = request.PartNumber is not null && record.PartCount > 0 ? record.PartCount : null,
            ChecksumCRC32 = checksum.Crc32,
            ChecksumCRC32C = checksum.Crc32C,
            ChecksumCRC64NVME = checksum.Crc64Nvme,
            ChecksumSHA1 = checksum.Sha1,
            ChecksumSHA256 = checksum.Sha256,
            ChecksumType = checksum.Type,
            ServerSideEncryption = RequestFacts.Encryption,
        };
    }
}
