using System.Buffers;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>A body that was read, verified and written, and is not yet part of anything.</summary>
internal sealed record IntakenBody(PendingBlob Blob, long Size, string ETag, ChecksumRecord Checksum) : IAsyncDisposable
{
    /// <summary>The checksum that the client sent, where it is another than the one that is kept.</summary>
    public ChecksumRecord? Sent { get; init; }

    public ValueTask DisposeAsync() => Blob.DisposeAsync();
}

/// <summary>Reads bodies in one pass through one buffer: memory is the same for a byte and for five gigabytes.</summary>
internal static class BodyIntake
{
    /// <summary>The largest single body, 5 GiB.</summary>
    public const long MaxBytes = 5L * 1024 * 1024 * 1024;

    private const int BufferBytes = 128 * 1024;

    /// <summary>Writes a request's body into a blob and verifies it against what the client said of it.</summary>
    /// <param name="kept">The checksum to keep; null for the demanded one, or CRC64NVME.</param>
    /// <param name="maxBytes">Reading ends with an error once the body is longer.</param>
    public static async ValueTask<IntakenBody> ReadAsync(
        IBlobs blobs,
        Stream? body,
        BodyDemands demands,
        ChecksumFunction? kept,
        HttpDetails? http,
        long maxBytes,
        CancellationToken cancellationToken)
    {
        if (demands.Length > maxBytes)
        {
            throw S3Errors.EntityTooLarge(demands.Length.Value, maxBytes);
        }

        var function = kept ?? demands.Function ?? ChecksumFunction.Crc64Nvme;
        using var digest = new BodyDigest(demands.Function is { } demanded ? [function, demanded] : [function]);
        await using var writer = blobs.Create();
        await CopyAsync(body ?? Stream.Null, digest, writer, maxBytes, cancellationToken);
        demands.Check(digest, name => http?.Trailer(name));
        var pending = await writer.CompleteAsync(cancellationToken);
        return new(pending, digest.Length, EntityTag.OfHash(digest.Md5()), new ChecksumRecord(function, digest.Value(function)))
        {
            Sent = demands.Function is { } sent && sent != function ? new ChecksumRecord(sent, digest.Value(sent)) : null,
        };
    }

    /// <summary>Digests what a blob holds, without writing anything.</summary>
    public static async ValueTask<(string ETag, ChecksumRecord Checksum)> DigestAsync(
        Stream stream, ChecksumFunction function, CancellationToken cancellationToken)
    {
        using var digest = new BodyDigest(function);
        await CopyAsync(stream, digest, null, long.MaxValue, cancellationToken);
        return (EntityTag.OfHash(digest.Md5()), new ChecksumRecord(function, digest.Value(function)));
    }

    private static async ValueTask CopyAsync(Stream body, BodyDigest digest, BlobWriter? writer, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken)) > 0)
            {
                digest.Append(buffer.AsSpan(0, read));
                if (digest.Length > maxBytes)
                {
                    throw S3Errors.EntityTooLarge(digest.Length, maxBytes);
                }

                if (writer is not null)
                {
                    await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
