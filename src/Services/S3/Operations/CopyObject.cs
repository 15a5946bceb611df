using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

/// <summary>Copies without moving a byte: source and copy share a blob.</summary>
[Operation]
internal sealed class CopyObject(S3Store store, CopyReading reading, TimeProvider time) : IOperation<CopyObjectRequest, CopyObjectResponse>
{
    public async ValueTask<CopyObjectResponse> HandleAsync(
        CopyObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        ObjectKey.Check(request.Key);
        var storageClass = request.Settings().Check();
        WriteSettings.CheckEncryption(null, null, request.CopySourceSSECustomerAlgorithm);
        var source = CopySource.Parse(request.CopySource);
        RequestFacts.CheckVersion(source.VersionId, source.Key);
        var replacesHeaders = Replaces(request.MetadataDirective, "metadata", "x-amz-metadata-directive");
        var replacesTags = Replaces(request.TaggingDirective, "tagging", "x-amz-tagging-directive");
        var tags = replacesTags ? TagRules.ParseHeader(request.Tagging) : null;
        var ifAbsent = WriteConditions.IfAbsent(request.IfNoneMatch);
        var asked = FunctionOf(request.ChecksumAlgorithm);
        if (source.Bucket == request.Bucket && source.Key == request.Key && !replacesHeaders
            && !RequestFacts.Any(request.StorageClass, request.WebsiteRedirectLocation, request.ServerSideEncryption))
        {
            throw S3Errors.InvalidRequest(
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        }

        var from = await store.GetBucketAsync(source.Bucket, request.ExpectedSourceBucketOwner, cancellationToken);
        var conditions = new Conditions(
            request.CopySourceIfMatch, request.CopySourceIfNoneMatch, request.CopySourceIfModifiedSince, request.CopySourceIfUnmodifiedSince);
        ObjectCommit.CheckWrite(await store.FindObjectAsync(bucket, request.Key, cancellationToken), request.Key, request.IfMatch, ifAbsent);
        var cause = EventCause.Of("s3:ObjectCreated:Copy", context, time.GetUtcNow());
        var record = await reading.CommitAsync(
            from,
            source.Key,
            conditions,
            asked,
            (transaction, original, digest) =>
            {
                ObjectCommit.CheckWrite(
                    transaction.Get(S3Tables.Objects, bucket.ObjectKey(request.Key)).Value, request.Key, request.IfMatch, ifAbsent);
                var copy = new ObjectRecord
                {
                    Blob = original.Blob,
                    Size = original.Size,
                    ETag = digest.ETag,
                    ModifiedAt = time.NowInSeconds(),
                    Headers = replacesHeaders ? request.Headers(storageClass) : original.Headers with
                    {
                        StorageClass = storageClass,
                        WebsiteRedirectLocation = request.WebsiteRedirectLocation,
                    },
                    Checksum = digest.Checksum,
                    Tags = replacesTags ? tags : original.Tags,
                };

                // Retained before the old object of the key lets go: it may be the last to hold the same blob.
                transaction.RetainBlob(new BlobId(original.Blob));
                ObjectCommit.Publish(transaction, bucket, request.Key, copy, null, cause);
                return copy;
            },
            cancellationToken);
        return ToResponse(record);
    }

    private static CopyObjectResponse ToResponse(ObjectRecord record)
    {
        var checksum = new ChecksumFields(record.Checksum);
        return new()
        {
            CopyObjectResult = new(checksum)
            {
                ETag = EntityTag.Quote(record.ETag),
                LastModified = record.ModifiedAt,
                ChecksumType = checksum.Type,
            },
            ServerSideEncryption = RequestFacts.Encryption,
        };
    }

    private static bool Replaces(string? directive, string what, string header) => directive switch
    {
        null or "COPY" => false,
        "REPLACE" => true,
        _ => throw S3Errors.InvalidArgument($"Unknown {what} directive.", header, directive),
    };

    private static ChecksumFunction? FunctionOf(string? name) => name is null
        ? null
        : ChecksumFunctions.Parse(name) ?? throw S3Errors.UnsupportedChecksumAlgorithm();
}
