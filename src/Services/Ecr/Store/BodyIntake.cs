using System.Buffers;
using System.Security.Cryptography;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Writes what a client sends into a blob, hashed as it passes, through one buffer.</summary>
internal sealed class BodyIntake(EcrStore store, EcrOptions options, TimeProvider time)
{
    /// <summary>https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html: 52,000 MiB a layer.</summary>
    internal const long MaxBlobBytes = 52_000L * 1024 * 1024;

    private const int BufferBytes = 256 * 1024;

    /// <summary>Bytes that arrived, and why no more did.</summary>
    /// <param name="Broken">The client left, came again, or stood still; null where the body ended as it should.</param>
    /// <param name="TooLarge">It went on behind the limit.</param>
    internal sealed record Intake(PendingBlob Blob, Exception? Broken, bool TooLarge) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Blob.DisposeAsync();
    }

    /// <summary>Reads to the end, or as far as it comes.</summary>
    /// <param name="hash">Sees every byte that is kept; null for none.</param>
    /// <param name="maxBytes">It ends behind that many.</param>
    /// <exception cref="StoreException">The disk failed or is full; the hash may have seen more than is kept.</exception>
    internal async ValueTask<Intake> ReadAsync(Stream body, IncrementalHash? hash, long maxBytes, CancellationToken cancellationToken)
    {
        await using var writer = store.Blobs.Create();
        using var stall = new CancellationTokenSource(options.BodyStall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        Exception? broken = null;
        var tooLarge = false;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    read = await body.ReadAsync(buffer, either.Token);
                }
                catch (Exception left) when (left is IOException or OperationCanceledException)
                {
                    broken = left;
                    break;
                }

                if (read == 0)
                {
                    break;
                }

                if (writer.Length + read > maxBytes)
                {
                    tooLarge = true;
                    break;
                }

                stall.CancelAfter(options.BodyStall);
                hash?.AppendData(buffer.AsSpan(0, read));
                await WriteAsync(writer, buffer.AsMemory(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new Intake(await CompleteAsync(writer), broken, tooLarge);
    }

    // What has arrived is kept although the client left, so these writes are not cancelled with it.
    private static async ValueTask WriteAsync(BlobWriter writer, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await writer.WriteAsync(bytes, CancellationToken.None);
        }
        catch (IOException failed)
        {
            throw new StoreException(StoreError.Io, "A blob could not be written.", failed);
        }
    }

    private static async ValueTask<PendingBlob> CompleteAsync(BlobWriter writer)
    {
        try
        {
            return await writer.CompleteAsync(CancellationToken.None);
        }
        catch (IOException failed)
        {
            throw new StoreException(StoreError.Io, "A blob could not be written.", failed);
        }
    }
}
