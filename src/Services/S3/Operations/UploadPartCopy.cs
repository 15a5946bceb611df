using System.Globalization;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

/// <summary>Makes a part of a stretch of another object. The stretch is read for its digests; its bytes are shared, not copied.</summary>
[Operation]
internal sealed class UploadPartCopy(S3Store store, CopyReading reading, TimeProvider time)
    : IOperation<UploadPartCopyRequest, UploadPartCopyResponse>
{
    private const int MaxAttempts = 8;

    public async ValueTask<UploadPartCopyResponse> HandleAsync(
        UploadPartCopyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var number = PartCommit.CheckNumber(request.PartNumber);
        WriteSettings.CheckEncryption(null, null, request.SSECustomerAlgorithm ?? request.CopySourceSSECustomerAlgorithm);
        var upload = await store.GetUploadAsync(bucket, request.Key, request.UploadId, cancellationToken);
        var source = CopySource.Parse(request.CopySource);
        RequestFacts.CheckVersion(source.VersionId, source.Key);
        var from = await store.GetBucketAsync(source.Bucket, request.ExpectedSourceBucketOwner, cancellationToken);
        var conditions = new Conditions(
            request.CopySourceIfMatch, request.CopySourceIfNoneMatch, request.CopySourceIfModifiedSince, request.CopySourceIfUnmodifiedSince);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var original = await reading.GetSourceAsync(from, source.Key, conditions, cancellationToken);
            var range = RangeOf(request.CopySourceRange, original.Size);
            if (await DigestAsync(original, range, PartCommit.KeptBy(upload), cancellationToken) is not { } digest)
            {
                continue;
            }

            var part = new PartRecord
            {
                Number = number,
                Blob = 0,
                Size = range.Length,
                ETag = digest.ETag,
                ModifiedAt = time.NowInSeconds(),
                Checksum = digest.Checksum,
            };
            var isDone = await store.Database.WriteAsync(
                transaction =>
                {
                    var blob = new BlobId(original.Blob);
                    if (!CopyReading.IsStill(transaction, from, source.Key, original) || !transaction.RetainBlob(blob))
                    {
                        return false;
                    }

                    var slice = range.Length == original.Size ? blob : transaction.ComposeBlob([new(blob, range.First, range.Length)]);
                    PartCommit.Put(transaction, bucket, upload, part with { Blob = slice.Value });
                    return true;
                },
                cancellationToken);
            if (isDone)
            {
                return ToResponse(part, upload);
            }
        }

        throw S3Errors.Conflict(source.Key);
    }

    private static UploadPartCopyResponse ToResponse(PartRecord part, UploadRecord upload) => new()
    {
        CopyPartResult = new(new ChecksumFields(upload.Function is null ? null : part.Checksum))
        {
            ETag = EntityTag.Quote(part.ETag),
            LastModified = part.ModifiedAt,
        },
        ServerSideEncryption = RequestFacts.Encryption,
    };

    private static ByteRange RangeOf(string? header, long size)
    {
        var range = new ByteRange(0, size);
        if (header is not null && !ByteRange.TryParseExact(header, out range))
        {
            throw S3Errors.InvalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
                "x-amz-copy-source-range",
                header);
        }

        if (range.Last >= size && header is not null)
        {
            throw S3Errors.InvalidArgument(
                string.Create(CultureInfo.InvariantCulture, $"Range specified is not valid for source object of size: {size}"),
                "x-amz-copy-source-range",
                header);
        }

        return range.Length <= BodyIntake.MaxBytes
            ? range
            : throw S3Errors.InvalidRequest(
                $"The specified copy source is larger than the maximum allowable size for a copy source: {BodyIntake.MaxBytes}");
    }

    private async ValueTask<CopyDigest?> DigestAsync(
        ObjectRecord original, ByteRange range, ChecksumFunction function, CancellationToken cancellationToken)
    {
        await using var stream = await store.Blobs.OpenReadAsync(new BlobId(original.Blob), range.First, range.Length, cancellationToken);
        if (stream is null)
        {
            return null;
        }

        var (etag, checksum) = await BodyIntake.DigestAsync(stream, function, cancellationToken);
        return new(etag, checksum);
    }
}
