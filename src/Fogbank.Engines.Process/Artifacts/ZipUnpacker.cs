using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Process.Artifacts;

/// <summary>
/// Unpacks archives of strangers. Files are written before any symbolic link exists, so nothing can be written through one; names are
/// checked part by part; bytes are counted as they come, whatever the archive's headers claim.
/// </summary>
internal static class ZipUnpacker
{
    private const int KindMask = 0xf000, RegularFile = 0x8000, Link = 0xa000, Folder = 0x4000;
    private const int MaxPathBytes = 4000, MaxNameBytes = 255, MaxLinkBytes = 4095;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Copies the archive's bytes to a file and checks them against the digest.</summary>
    internal static async ValueTask FetchAsync(Artifact artifact, string path, long maxBytes, CancellationToken cancellationToken)
    {
        await using var source = await artifact.OpenAsync(cancellationToken);
        await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long total = 0;
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if ((total += read) > maxBytes)
                {
                    throw new EngineException(EngineErrorKind.ArtifactTooLarge, $"The archive has more than {maxBytes} bytes.");
                }
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != artifact.Digest)
        {
            throw Invalid("its bytes are not those that its digest names");
        }
    }

    /// <summary>Unpacks into a new folder; returns the bytes of all files together.</summary>
    internal static long Unpack(string archive, string folder, long maxBytes, int maxEntries, CancellationToken cancellationToken)
    {
        try
        {
            using var zip = ZipFile.OpenRead(archive);
            if (zip.Entries.Count > maxEntries)
            {
                throw new EngineException(EngineErrorKind.ArtifactTooLarge, $"The archive has more than {maxEntries} entries.");
            }
            return Unpack(zip, folder, maxBytes, cancellationToken);
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException)
        {
            throw Invalid("it is damaged or in a form that is not supported", error);
        }
    }

    private static long Unpack(ZipArchive zip, string folder, long maxBytes, CancellationToken cancellationToken)
    {
        Dictionary<string, bool> isFolder = new(StringComparer.Ordinal); // every path so far
        List<(string Path, string Target)> links = [];
        HashSet<string> linkPaths = new(StringComparer.Ordinal);
        Make(folder);
        long total = 0;
        foreach (var entry in zip.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.IsEncrypted)
            {
                throw Invalid("it is encrypted");
            }
            var path = CheckedPath(entry.FullName);
            var mode = entry.ExternalAttributes >> 16;
            var directory = entry.FullName.EndsWith('/') || (mode & KindMask) == Folder;
            if (path.Length == 0)
            {
                continue; // "./" and the like name the root itself
            }
            MakeParents(folder, path, directory, isFolder, linkPaths);
            if (directory)
            {
                continue;
            }
            if ((mode & KindMask) == Link)
            {
                if (entry.Length > MaxLinkBytes || (isFolder.TryGetValue(path, out _) && !linkPaths.Contains(path)))
                {
                    throw Invalid($"its link '{path}' is not one");
                }
                isFolder[path] = false;
                linkPaths.Add(path);
                links.Add((path, ReadLink(entry)));
                continue;
            }
            if ((mode & KindMask) is not (0 or RegularFile))
            {
                throw Invalid($"'{path}' is neither file, folder nor link");
            }
            if (linkPaths.Contains(path) || (isFolder.TryGetValue(path, out var other) && other))
            {
                throw Invalid($"it has '{path}' twice, as different things");
            }
            isFolder[path] = false;
            total = WriteFile(entry, Path.Combine(folder, path), mode, total, maxBytes);
        }
        MakeLinks(folder, links);
        return total;
    }

    private static long WriteFile(ZipArchiveEntry entry, string path, int mode, long total, long maxBytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            using var source = entry.Open();
            using (var target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1))
            {
                int read;
                while ((read = source.Read(buffer)) > 0)
                {
                    if ((total += read) > maxBytes)
                    {
                        throw new EngineException(EngineErrorKind.ArtifactTooLarge, $"The archive unpacks to more than {maxBytes} bytes.");
                    }
                    target.Write(buffer, 0, read);
                }
            }
            // Always readable, executable where the archive says so, never writable by others or set-user-id.
            Permissions.Set(path, ((UnixFileMode)mode & FolderMode) | ReadableByAll | UnixFileMode.UserWrite);
            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string ReadLink(ZipArchiveEntry entry)
    {
        using var source = entry.Open();
        var bytes = new byte[MaxLinkBytes + 1];
        var length = source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var target = Encoding.UTF8.GetString(bytes, 0, length);
        return length is > 0 and <= MaxLinkBytes && !target.Contains('\0', StringComparison.Ordinal) ? target : throw Invalid("it has a link without a target");
    }

    // A link may point anywhere: it is followed only inside the sandbox, whose root the workload cannot leave.
    private static void MakeLinks(string folder, List<(string Path, string Target)> links)
    {
        foreach (var (path, target) in links)
        {
            var full = Path.Combine(folder, path);
            File.Delete(full);
            File.CreateSymbolicLink(full, target);
        }
    }

    private static void MakeParents(string folder, string path, bool whole, Dictionary<string, bool> isFolder, HashSet<string> links)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            if (end < 0 && !whole)
            {
                return;
            }
            var part = end < 0 ? path : path[..end];
            if (links.Contains(part) || (isFolder.TryGetValue(part, out var known) && !known))
            {
                throw Invalid($"it has '{part}' twice, as different things");
            }
            if (isFolder.TryAdd(part, true))
            {
                Make(Path.Combine(folder, part));
            }
            if (end < 0)
            {
                return;
            }
        }
    }

    private static void Make(string folder)
    {
        Directory.CreateDirectory(folder);
        Permissions.Set(folder, FolderMode);
    }

    /// <summary>The entry's name as a relative path of plain parts; empty for the root itself.</summary>
    private static string CheckedPath(string name)
    {
        if (name.Length == 0 || name[0] == '/' || name.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(name) > MaxPathBytes)
        {
            throw Invalid("it has an entry whose name cannot be a file's");
        }
        List<string> parts = [];
        foreach (var part in name.Split('/'))
        {
            if (part == ".." || Encoding.UTF8.GetByteCount(part) > MaxNameBytes)
            {
                throw Invalid("it has an entry whose name leads out of it or is too long");
            }
            if (part.Length > 0 && part != ".")
            {
                parts.Add(part);
            }
        }
        return string.Join('/', parts);
    }

    private static EngineException Invalid(string why, Exception? cause = null) => new(EngineErrorKind.ArtifactInvalid, $"The archive cannot be used: {why}.", cause);
}
