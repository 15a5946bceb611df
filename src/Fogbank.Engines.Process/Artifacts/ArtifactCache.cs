using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Process.Artifacts;

/// <summary>Unpacked artifacts by digest: each is unpacked once, shared read-only, and removed when room is needed and nobody uses it.</summary>
internal sealed class ArtifactCache(string directory, long maxBytes, long maxPackedBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _opening = new(1);
    private bool _opened;
    private long _clock;

    /// <summary>Unpacks the artifact unless it is there, and holds it.</summary>
    internal async ValueTask<ArtifactLease> LeaseAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        if (artifact.Kind != ArtifactKind.Zip)
        {
            throw new EngineException(EngineErrorKind.Unsupported, $"The process engine runs zip archives, not {artifact.Kind}.");
        }
        if (artifact.Digest.Length != 64 || !artifact.Digest.All(char.IsAsciiHexDigitLower))
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, "An artifact's digest is 64 lower-case hexadecimal digits.");
        }
        await OpenAsync(cancellationToken);
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(artifact.Digest, out entry!))
            {
                _entries.Add(artifact.Digest, entry = new Entry());
            }
            entry.Users++;
            entry.LastUsed = ++_clock;
        }
        try
        {
            await entry.Unpacking.WaitAsync(cancellationToken);
            try
            {
                if (entry.Bytes < 0)
                {
                    entry.Bytes = await UnpackAsync(artifact, cancellationToken);
                    Trim();
                }
            }
            finally
            {
                entry.Unpacking.Release();
            }
            return new(FolderOf(artifact.Digest), () => Release(artifact.Digest, entry));
        }
        catch
        {
            Release(artifact.Digest, entry);
            throw;
        }
    }

    private string FolderOf(string digest) => Path.Combine(directory, digest);

    private void Release(string digest, Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Users == 0 && entry.Bytes < 0)
            {
                _entries.Remove(digest);
            }
        }
        Trim();
    }

    /// <summary>Finds what an earlier run left: whole folders are used again, half-made ones removed.</summary>
    private async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _opened))
        {
            return;
        }
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_opened)
            {
                return;
            }
            Directory.CreateDirectory(directory);
            Permissions.Set(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                // Without a root of their own, workloads reach their code by its digest; they cannot list what else is there.
                | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            foreach (var path in Directory.EnumerateFileSystemEntries(directory))
            {
                var name = Path.GetFileName(path);
                var size = Path.Combine(path, SizeFile);
                if (name.Length == 64 && File.Exists(size) && long.TryParse(await File.ReadAllTextAsync(size, cancellationToken), out var bytes))
                {
                    _entries[name] = new Entry { Bytes = bytes };
                }
                else if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
            }
            Volatile.Write(ref _opened, true);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Written last, beside the content, so that a folder without it is known to be incomplete.</summary>
    private const string SizeFile = "size";

    private async ValueTask<long> UnpackAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        var temporary = FolderOf(artifact.Digest) + ".new";
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }
        Directory.CreateDirectory(temporary);
        try
        {
            var archive = Path.Combine(temporary, "archive");
            await ZipUnpacker.FetchAsync(artifact, archive, maxPackedBytes, cancellationToken);
            var content = Path.Combine(temporary, "content");
            var bytes = ZipUnpacker.Unpack(archive, content, artifact.MaxUnpackedBytes, artifact.MaxEntries, cancellationToken);
            File.Delete(archive);
            await File.WriteAllTextAsync(Path.Combine(temporary, SizeFile), bytes.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
            Directory.Move(temporary, FolderOf(artifact.Digest));
            return bytes;
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private void Trim()
    {
        lock (_gate)
        {
            var total = _entries.Values.Sum(entry => Math.Max(0, entry.Bytes));
            foreach (var (digest, entry) in _entries.Where(pair => pair.Value is { Users: 0, Bytes: >= 0 }).OrderBy(pair => pair.Value.LastUsed).ToArray())
            {
                if (total <= maxBytes)
                {
                    return;
                }
                total -= entry.Bytes;
                _entries.Remove(digest);
                // The mark goes first: a crash in between leaves a folder that the next start removes.
                File.Delete(Path.Combine(FolderOf(digest), SizeFile));
                Directory.Delete(FolderOf(digest), recursive: true);
            }
        }
    }

    public void Dispose() => _opening.Dispose();

    private sealed class Entry
    {
        internal SemaphoreSlim Unpacking { get; } = new(1);

        /// <summary>Size of the unpacked files; negative until they are there.</summary>
        internal long Bytes { get; set; } = -1;

        internal int Users { get; set; }

        internal long LastUsed { get; set; }
    }
}
