using System.IO.Compression;
using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>The files of an image archive, or of a folder that holds the same, by name. One file is read at a time.</summary>
internal abstract class ImageFiles : IAsyncDisposable
{
    /// <summary>A file's bytes; null where there is none of that name.</summary>
    internal abstract Stream? Open(string name);

    /// <summary>A small file, whole.</summary>
    /// <param name="limit">More is refused.</param>
    internal async ValueTask<byte[]?> ReadAsync(string name, int limit, CancellationToken cancellationToken)
    {
        await using var stream = Open(name);
        if (stream is null)
        {
            return null;
        }

        if (stream.Length > limit)
        {
            throw new CommandException($"{name} of the archive is larger than {limit} bytes, and nothing of its kind is.");
        }

        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens an archive (plain or compressed by gzip; <c>-</c> for the standard input) or a folder.</summary>
    internal static async Task<ImageFiles> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            return new Folder(Path.GetFullPath(path));
        }

        if (path != "-" && !File.Exists(path))
        {
            throw new CommandException($"{path} is neither a file nor a folder.");
        }

        var file = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        try
        {
            if (path == "-" || IsGzip(file))
            {
                // Files are read out of order, so what cannot be sought in is written to where it can.
                file = await SpoolAsync(file, isGzip: path != "-", cancellationToken);
            }

            return new Archive(file, TarIndex.Read(file));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a stream that can be sought in begins as gzip does.</summary>
    internal static bool IsGzip(Stream stream)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
    }

    /// <summary>A file without a name for others, gone when it is closed.</summary>
    internal static FileStream TemporaryFile() => new(
        Path.Combine(Path.GetTempPath(), $"fogbank-image-{Path.GetRandomFileName()}"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });

    private static async Task<Stream> SpoolAsync(Stream source, bool isGzip, CancellationToken cancellationToken)
    {
        var spool = TemporaryFile();
        try
        {
            await using (source)
            {
                await using var plain = isGzip ? new GZipStream(source, CompressionMode.Decompress) : source;
                await plain.CopyToAsync(spool, cancellationToken);
            }

            spool.Position = 0;
            return isGzip || !IsGzip(spool) ? spool : await SpoolAsync(spool, isGzip: true, cancellationToken);
        }
        catch (InvalidDataException broken)
        {
            await spool.DisposeAsync();
            throw new CommandException($"The archive is refused: {broken.Message}");
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    private sealed class Archive(Stream file, TarIndex index) : ImageFiles
    {
        internal override Stream? Open(string name) => index.Find(name) is { } place ? new SliceStream(file, place.Offset, place.Length) : null;

        public override ValueTask DisposeAsync() => file.DisposeAsync();
    }

    private sealed class Folder(string root) : ImageFiles
    {
        internal override Stream? Open(string name)
        {
            // Names come from files of the folder, which need not mean well.
            var path = Path.GetFullPath(Path.Combine(root, name));
            if (!path.StartsWith(root + "/", StringComparison.Ordinal))
            {
                throw new CommandException($"The name {name} leads out of the folder.");
            }

            if (!File.Exists(path))
            {
                return null;
            }

            for (var part = path; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
            {
                if (new FileInfo(part).LinkTarget is not null)
                {
                    throw new CommandException($"{name} is a link; images are read from files only.");
                }
            }

            return File.OpenRead(path);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
