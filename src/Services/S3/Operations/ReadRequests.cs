using Fogbank.Contracts.S3;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

/// <summary>What GetObject and HeadObject ask and answer in the same members.</summary>
internal static class ReadRequests
{
    /// <summary>Throws for what there is none of, or is not built.</summary>
    public static ReadQuery Query(this IObjectRead request)
    {
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        WriteSettings.CheckEncryption(null, null, request.SSECustomerAlgorithm);
        return new(
            new(request.IfMatch, request.IfNoneMatch, request.IfModifiedSince, request.IfUnmodifiedSince), request.Range, request.PartNumber);
    }

    public static HeadObjectResponse Answer(this IObjectRead request, ReadPlan plan)
    {
        var (record, headers) = (plan.Object, plan.Object.Headers);
        var checksum = new ChecksumFields(request.ChecksumMode == "ENABLED" ? plan.Checksum : null);
        return new(checksum)
        {
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
            ChecksumType = checksum.Type,
            ServerSideEncryption = RequestFacts.Encryption,
        };
    }
}
