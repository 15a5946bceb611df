using System.Globalization;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

/// <summary>Makes an object of parts, without moving a byte. Repeating it gives the same answer again for a day.</summary>
[Operation]
internal sealed class CompleteMultipartUpload(S3Store store, TimeProvider time)
    : IOperation<CompleteMultipartUploadRequest, CompleteMultipartUploadResponse>
{
    private const int MaxAttempts = 8;

    private static readonly TimeSpan s_remembered = TimeSpan.FromHours(24);

    public async ValueTask<CompleteMultipartUploadResponse> HandleAsync(
        CompleteMultipartUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var named = NamedParts(request);
        var ifAbsent = WriteConditions.IfAbsent(request.IfNoneMatch);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await FindCompletedAsync(bucket, request, cancellationToken) is { } completed)
            {
                return ToResponse(context, bucket.Name, request.Key, completed.ETag, completed.Checksum);
            }

            var upload = await store.GetUploadAsync(bucket, request.Key, request.UploadId, cancellationToken);
            CheckKind(upload, request.ChecksumType);
            var stored = await ReadPartsAsync(bucket, request.UploadId, cancellationToken);
            var plan = CompletionPlan.Make(upload, stored, named);
            CheckDemands(upload, plan, request);
            var isDone = await CommitAsync(bucket, upload, plan, request, ifAbsent, context, cancellationToken);
            if (isDone)
            {
                return ToResponse(context, bucket.Name, request.Key, plan.ETag, plan.Checksum);
            }
        }

        throw S3Errors.Conflict(request.Key);
    }

    private async ValueTask<bool> CommitAsync(
        BucketRow bucket,
        UploadRecord upload,
        CompletionPlan plan,
        CompleteMultipartUploadRequest request,
        bool ifAbsent,
        RequestContext context,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var cause = EventCause.Of("s3:ObjectCreated:CompleteMultipartUpload", context, now);
        var record = new ObjectRecord
        {
            Blob = 0,
            Size = plan.Size,
            ETag = plan.ETag,
            ModifiedAt = time.NowInSeconds(),
            Headers = upload.Headers,
            Checksum = plan.Checksum,
            Tags = upload.Tags,
            PartCount = plan.Parts.Count,
        };
        var parts = plan.PartsOf(upload);
        var slices = plan.Parts.Select(entry => new BlobSlice(new BlobId(entry.Value.Blob), 0, entry.Value.Size)).ToList();
        var chosen = plan.Parts.Select(entry => entry.Value.Number).ToHashSet();
        return await store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(S3Tables.Uploads, bucket.UploadKey(upload.Key, upload.UploadId)).Value is null || !plan.IsCurrent(transaction))
                {
                    return false;
                }

                ObjectCommit.CheckWrite(
                    transaction.Get(S3Tables.Objects, bucket.ObjectKey(upload.Key)).Value, upload.Key, request.IfMatch, ifAbsent);

                // The whole takes over the references of its parts; those of the others go.
                var blob = transaction.ComposeBlob(slices);
                PartCommit.Remove(transaction, bucket, upload, part => chosen.Contains(part.Number));
                ObjectCommit.Publish(transaction, bucket, upload.Key, record with { Blob = blob.Value }, parts, cause);
                transaction.Put(
                    S3Tables.Completed,
                    bucket.PartsKey(upload.UploadId),
                    new CompletedUploadRecord
                    {
                        Key = upload.Key,
                        ETag = plan.ETag,
                        Checksum = plan.Checksum,
                        ForgetAt = now + s_remembered,
                    });
                return true;
            },
            cancellationToken);
    }

    private async ValueTask<CompletedUploadRecord?> FindCompletedAsync(
        BucketRow bucket, CompleteMultipartUploadRequest request, CancellationToken cancellationToken)
    {
        var found = await store.Database.GetAsync(S3Tables.Completed, bucket.PartsKey(request.UploadId), cancellationToken);
        return found.Value is { } completed && completed.Key == request.Key ? completed : null;
    }

    private async ValueTask<Dictionary<int, Entry<PartRecord>>> ReadPartsAsync(
        BucketRow bucket, string uploadId, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<int, Entry<PartRecord>>();
        await foreach (var entry in store.Database.ScanAllAsync(S3Tables.Parts, bucket.PartsKey(uploadId), cancellationToken))
        {
            parts[entry.Value.Number] = entry;
        }

        return parts;
    }

    private static List<NamedPart> NamedParts(CompleteMultipartUploadRequest request)
    {
        if (request.MultipartUpload?.Parts is not { Count: > 0 } parts)
        {
            throw S3Errors.InvalidRequest("You must specify at least one part");
        }

        return [.. parts.Select(part => part is { PartNumber: { } number, ETag: { } tag }
            ? new NamedPart(
                number, tag, new(part.ChecksumCRC32, part.ChecksumCRC32C, part.ChecksumCRC64NVME, part.ChecksumSHA1, part.ChecksumSHA256))
            : throw S3Errors.MalformedXml())];
    }

    private static void CheckKind(UploadRecord upload, string? type)
    {
        var kind = upload.Function is null ? "null" : upload.Kind.WireName();
        if (type is not null && type != kind)
        {
            throw S3Errors.InvalidRequest(
                $"The upload was created using the {kind} checksum mode. The complete request must use the same checksum mode.");
        }
    }

    private static void CheckDemands(UploadRecord upload, CompletionPlan plan, CompleteMultipartUploadRequest request)
    {
        if (request.MpuObjectSize is { } size && size != plan.Size)
        {
            throw S3Errors.InvalidRequest(string.Create(
                CultureInfo.InvariantCulture,
                $"The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {plan.Size}"));
        }

        var headers = new ChecksumHeaders(
            request.ChecksumCRC32, request.ChecksumCRC32C, request.ChecksumCRC64NVME, request.ChecksumSHA1, request.ChecksumSHA256);
        var function = PartCommit.KeptBy(upload);
        if (headers.Single() is { } sent && sent.Function == function && Bare(sent.Value) != Bare(plan.Checksum.Value))
        {
            throw S3Errors.BadObjectChecksum(function);
        }
    }

    /// <summary>Clients send composite checksums with and without the number of parts.</summary>
    private static string Bare(string checksum) => checksum.Split('-')[0];

    private static CompleteMultipartUploadResponse ToResponse(
        RequestContext context, string bucket, string key, string etag, ChecksumRecord? kept)
    {
        var checksum = new ChecksumFields(kept);
        return new(checksum)
        {
            Location = $"{context.Endpoint.GetLeftPart(UriPartial.Authority)}/{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}",
            Bucket = bucket,
            Key = key,
            ETag = EntityTag.Quote(etag),
            ChecksumType = checksum.Type,
            ServerSideEncryption = RequestFacts.Encryption,
        };
    }
}
