using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Fogbank.Engines.Oci.Images;

/// <summary>Fetches a layer's bytes and decompresses them into a queue, checking their number and digest.</summary>
internal static class LayerSource
{
    // What the reference decoder takes unless told otherwise: 128 MB.
    private const int MaxZstandardWindowLog = 27;

    /// <summary>Puts all of the archive into the queue, and at last how it ended; throws nothing.</summary>
    internal static async Task PumpAsync(ImageLayer layer, ChunkQueue queue, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await PumpAllAsync(layer, queue, cancellationToken);
        }
        catch (Exception error) when (error is EngineException or OperationCanceledException)
        {
            failure = error;
        }
        catch (Exception error) when (error is InvalidDataException or ZstdException or EndOfStreamException)
        {
            failure = LayerErrors.Invalid($"it is damaged, or not compressed as {layer.Compression}", error);
        }
        catch (Exception error)
        {
            // The other end of the queue throws it.
            failure = new EngineException(EngineErrorKind.Unavailable, $"The bytes of image layer {layer.Digest} could not be read: {error.Message}", error);
        }
        queue.End(failure);
    }

    private static async Task PumpAllAsync(ImageLayer layer, ChunkQueue queue, CancellationToken cancellationToken)
    {
        await using var packed = new VerifiedStream(await layer.OpenAsync(cancellationToken), layer.SizeBytes);
        await using var archive = Decompress(packed, layer.Compression);
        while (true)
        {
            var buffer = await queue.RentAsync();
            var length = await archive.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            if (length > 0)
            {
                queue.Publish(length);
            }
            if (length < buffer.Length)
            {
                break;
            }
        }
        await packed.VerifyAsync(layer.Digest, cancellationToken);
    }

    private static Stream Decompress(VerifiedStream packed, LayerCompression compression) => compression switch
    {
        LayerCompression.None => packed,
        LayerCompression.Gzip => new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true),
        LayerCompression.Zstandard => Zstandard(packed),
        _ => throw new EngineException(EngineErrorKind.Unsupported, $"Image layers compressed as {compression} cannot be unpacked."),
    };

    private static DecompressionStream Zstandard(Stream packed)
    {
        Decompressor decompressor = new();
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxZstandardWindowLog);
        return new(packed, decompressor, bufferSize: 128 * 1024, checkEndOfStream: true, preserveDecompressor: false, leaveOpen: true);
    }
}
