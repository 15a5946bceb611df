using Fogbank.Services.S3.Domain;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>What of an object a read asks for.</summary>
internal readonly record struct ReadQuery(Conditions Conditions, string? Range, int? PartNumber);

/// <summary>What a read answers.</summary>
/// <param name="Range">Null for the whole object.</param>
/// <param name="Checksum">Of what is sent, where S3 has one.</param>
internal sealed record ReadPlan(ObjectRecord Object, ByteRange? Range, ChecksumRecord? Checksum)
{
    public long Length => Range?.Length ?? Object.Size;

    public string? ContentRange => Range?.ContentRange(Object.Size);
}

/// <summary>Reads objects for GetObject and HeadObject.</summary>
internal sealed class ObjectReading(S3Store store, TimeProvider time)
{
    private const int MaxAttempts = 8;

    /// <summary>Decides what to answer; throws S3's errors, 304 among them.</summary>
    public async ValueTask<ReadPlan> PlanAsync(BucketRow bucket, string key, ReadQuery query, CancellationToken cancellationToken)
    {
        var record = await store.GetObjectAsync(bucket, key, cancellationToken);
        if (query.Conditions.CheckRead(record.ETag, record.ModifiedAt, time.GetUtcNow()) is { } failed)
        {
            throw failed.IsNotModified ? S3Errors.NotModified(record.ETag, record.ModifiedAt) : S3Errors.PreconditionFailed(failed.Header);
        }

        if (query.PartNumber is { } number)
        {
            return query.Range is null
                ? await PlanPartAsync(bucket, key, record, number, cancellationToken)
                : throw S3Errors.InvalidRequest("Cannot specify both Range header and partNumber query parameter");
        }

        return ByteRange.TryParse(query.Range, record.Size, out var range)
            ? new(record, range, range is null ? record.Checksum : null)
            : throw S3Errors.InvalidRange(query.Range!, record.Size);
    }

    /// <summary>Plans, and opens the bytes. An object that is replaced in between is planned anew.</summary>
    public async ValueTask<(ReadPlan Plan, Stream Body)> OpenAsync(
        BucketRow bucket, string key, ReadQuery query, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var plan = await PlanAsync(bucket, key, query, cancellationToken);
            var body = await store.Blobs.OpenReadAsync(
                new BlobId(plan.Object.Blob), plan.Range?.First ?? 0, plan.Length, cancellationToken);
            if (body is not null)
            {
                return (plan, body);
            }
        }

        throw S3Errors.Conflict(key);
    }

    private async ValueTask<ReadPlan> PlanPartAsync(
        BucketRow bucket, string key, ObjectRecord record, int number, CancellationToken cancellationToken)
    {
        if (number is < 1 or > 10_000)
        {
            throw S3Errors.InvalidPartNumberArgument(number);
        }

        if (record.PartCount == 0 || await store.FindPartsAsync(bucket, key, cancellationToken) is not { } parts)
        {
            return number == 1
                ? new(record, record.Size == 0 ? null : new ByteRange(0, record.Size), record.Checksum)
                : throw S3Errors.InvalidPartNumber(number, 1);
        }

        if (number > parts.Parts.Count)
        {
            throw S3Errors.InvalidPartNumber(number, parts.Parts.Count);
        }

        var first = parts.Parts.Take(number - 1).Sum(part => part.Size);
        var part = parts.Parts[number - 1];
        return new(
            record,
            new ByteRange(first, part.Size),
            part.Checksum is null || record.Checksum is null ? null : new(record.Checksum.Function, part.Checksum, record.Checksum.Kind));
    }
}
