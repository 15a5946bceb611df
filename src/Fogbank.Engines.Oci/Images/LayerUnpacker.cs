using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>Unpacks layers: one task fetches, checks and decompresses, a thread of its own reads the archive and makes the files.</summary>
internal static class LayerUnpacker
{
    /// <summary>Unpacks a layer into the existing, empty folder <see cref="LayerRecord.Content"/> of <paramref name="folder"/>.</summary>
    /// <exception cref="EngineException">What is in the folder then is to be thrown away.</exception>
    internal static async Task<UnpackedLayer> UnpackAsync(ImageLayer layer, string folder, LayerLimits limits, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ChunkQueue queue = new(stop.Token);
        var pump = LayerSource.PumpAsync(layer, queue, stop.Token);
        try
        {
            // Making files blocks: not on the pool's threads, of which there are only so many.
            return await Task.Factory.StartNew(
                () => Unpack(layer, queue, folder, limits, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            await stop.CancelAsync();
            await pump;
        }
    }

    private static UnpackedLayer Unpack(ImageLayer layer, ChunkQueue queue, string folder, LayerLimits limits, CancellationToken cancellationToken)
    {
        using HashedChunks chunks = new(queue);
        TarInput input = new(chunks, limits.MaxBytes);
        var unpacked = Unpack(input, folder, limits, cancellationToken);
        input.Drain();
        var diffId = chunks.Digest();
        return diffId == layer.DiffId ? unpacked
            : throw LayerErrors.Invalid($"the digest of its archive (diff id) is sha256:{diffId} instead of sha256:{layer.DiffId}");
    }

    /// <summary>Unpacks an archive up to its end mark.</summary>
    internal static UnpackedLayer Unpack(TarInput input, string folder, LayerLimits limits, CancellationToken cancellationToken)
    {
        using Descriptors fds = new();
        var temporary = fds.Open(folder, Const.ODirectory | FileAt.OPath);
        using Trash trash = new(temporary, "trash");
        using LayerTree tree = new(fds.Open(Path.Combine(folder, LayerRecord.Content), Const.ODirectory), trash, limits);
        TarReader reader = new(input);
        LayerWriter writer = new(tree, reader, limits);
        while (reader.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Apply(cancellationToken);
        }
        tree.SetFolderTimes(cancellationToken);
        trash.Empty(cancellationToken);
        return new(writer.BytesOnDisk, writer.Entries, writer.ReplacesRoot);
    }
}
