using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>Writes the data of an archive's files.</summary>
internal static unsafe class FileData
{
    /// <summary>Writes all data of the reader's current entry to a new, empty file.</summary>
    internal static void Write(int fd, TarEntry entry, TarReader reader, LayerPath path, CancellationToken cancellationToken)
    {
        if (entry.Pieces is { } pieces)
        {
            WriteSparse(fd, entry.Size, pieces, reader, path, cancellationToken);
            return;
        }
        for (var data = reader.ReadData(); !data.IsEmpty; data = reader.ReadData())
        {
            Write(fd, data, -1, path);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static void WriteSparse(
        int fd, long size, List<(long Offset, long Length)> pieces, TarReader reader, LayerPath path, CancellationToken cancellationToken)
    {
        if (Libc.Syscall(Sys.Ftruncate, fd, size) < 0)
        {
            throw LayerErrors.Failed("sizing", path.Span);
        }
        foreach (var (offset, length) in pieces)
        {
            for (var done = 0L; done < length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var data = reader.ReadData(length - done);
                Write(fd, data, offset + done, path);
                done += data.Length;
            }
        }
    }

    private static void Write(int fd, ReadOnlySpan<byte> data, long offset, LayerPath path)
    {
        fixed (byte* bytes = data)
        {
            for (var done = 0; done < data.Length;)
            {
                var written = offset < 0 ? Libc.Write(fd, bytes + done, data.Length - done) : Libc.PWrite(fd, bytes + done, data.Length - done, offset + done);
                if (written <= 0 && (written == 0 || Libc.Errno != Const.EIntr))
                {
                    throw LayerErrors.Failed("writing", path.Span);
                }
                done += (int)Math.Max(0, written);
            }
        }
    }
}
