using Fogbank.Contracts.S3;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

/// <summary>What requests that make an object, whole or in parts, say in the same members.</summary>
internal static class WriteRequests
{
    public static WriteSettings Settings(this IObjectWrite request) => new()
    {
        Acl = request.ACL,
        HasGrants = RequestFacts.Any(request.GrantFullControl, request.GrantRead, request.GrantReadACP, request.GrantWriteACP),
        Encryption = request.ServerSideEncryption,
        KmsKeyId = request.SSEKMSKeyId,
        CustomerAlgorithm = request.SSECustomerAlgorithm ?? request.SSECustomerKey,
        StorageClass = request.StorageClass,
        HasLock = request.ObjectLockMode is not null || request.ObjectLockLegalHoldStatus is not null || request.ObjectLockRetainUntilDate is not null,
        Metadata = request.Metadata,
    };

    public static ObjectHeaders Headers(this IObjectWrite request, string? storageClass) => new()
    {
        ContentType = request.ContentType,
        CacheControl = request.CacheControl,
        ContentDisposition = request.ContentDisposition,
        ContentEncoding = RequestFacts.StoredEncoding(request.ContentEncoding),
        ContentLanguage = request.ContentLanguage,
        Expires = request.Expires,
        WebsiteRedirectLocation = request.WebsiteRedirectLocation,
        Metadata = RequestFacts.StoredMetadata(request.Metadata),
        StorageClass = storageClass,
    };

    public static ChecksumHeaders Checksums(this ISentChecksums request) => new(
        request.ChecksumCRC32,
        request.ChecksumCRC32C,
        request.ChecksumCRC64NVME,
        request.ChecksumSHA1,
        request.ChecksumSHA256,
        request.ChecksumSHA512 is not null ? "SHA512"
            : request.ChecksumMD5 is not null ? "MD5"
            : request.ChecksumXXHASH64 is not null ? "XXHASH64"
            : request.ChecksumXXHASH3 is not null ? "XXHASH3"
            : request.ChecksumXXHASH128 is not null ? "XXHASH128"
            : null);
}
