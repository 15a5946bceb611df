using System.Collections.Concurrent;
using System.Globalization;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// The files of one database: blobs and log segments, each named by its number, 1024 numbers to a folder. Numbers come from a counter that is committed with what names them,
/// so after a crash every file above the counter is an orphan, and only the youngest folders can hold any: start-up need not list the rest.
/// </summary>
internal sealed class DataFiles
{
    private const int FolderBits = 10;
    private readonly string[] _roots;
    private readonly string _staging;
    private readonly ConcurrentDictionary<(FileKind, long), bool> _folders = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<long, int> _pins = [];
    private readonly HashSet<long> _deferred = [];
    private long _staged;

    internal DataFiles(string dataDirectory, string database)
    {
        _roots = [Path.Combine(dataDirectory, "blobs", database), Path.Combine(dataDirectory, "logs", database)];
        _staging = Path.Combine(_roots[0], "staging");
    }

    internal string NewStagingPath()
    {
        if (Interlocked.Increment(ref _staged) is var number && number == 1)
        {
            Directory.CreateDirectory(_staging);
        }

        return Path.Combine(_staging, number.ToString("x", CultureInfo.InvariantCulture));
    }

    internal string PathOf(FileKind kind, long file) =>
        Path.Combine(FolderOf(kind, file >> FolderBits), file.ToString("x", CultureInfo.InvariantCulture));

    /// <summary>The path, below a folder that exists.</summary>
    internal string Place(FileKind kind, long file)
    {
        var folder = file >> FolderBits;
        if (!_folders.ContainsKey((kind, folder)))
        {
            Directory.CreateDirectory(FolderOf(kind, folder));
            _folders.TryAdd((kind, folder), true);
        }

        return PathOf(kind, file);
    }

    internal string FolderPathOf(FileKind kind, long file) => FolderOf(kind, file >> FolderBits);

    /// <summary>Deletes what a crash left: everything in staging and every file whose number was never committed.</summary>
    internal void SweepOrphans(long committed)
    {
        if (Directory.Exists(_staging))
        {
            Directory.Delete(_staging, recursive: true);
        }

        foreach (var root in _roots)
        {
            if (!Directory.Exists(root))
            {
                continue;
            }

            foreach (var folder in Directory.EnumerateDirectories(root))
            {
                if (!TryNumber(folder, out var number) || number < committed >> FolderBits)
                {
                    continue;
                }

                foreach (var path in Directory.EnumerateFiles(folder))
                {
                    if (TryNumber(path, out var file) && file > committed)
                    {
                        File.Delete(path);
                    }
                }
            }
        }
    }

    /// <summary>Keeps a blob's file while somebody reads it.</summary>
    internal void Pin(long file)
    {
        lock (_gate)
        {
            _pins[file] = _pins.GetValueOrDefault(file) + 1;
        }
    }

    /// <returns>Whether the file was waiting for this to be deleted.</returns>
    internal bool Unpin(long file)
    {
        lock (_gate)
        {
            var left = _pins[file] - 1;
            if (left > 0)
            {
                _pins[file] = left;
                return false;
            }

            _pins.Remove(file);
            return _deferred.Remove(file);
        }
    }

    /// <summary>Deletes a file that nothing refers to any more.</summary>
    /// <returns>False when somebody still reads it: the last one is told so by <see cref="Unpin"/>.</returns>
    internal bool TryDelete(FileKind kind, long file, long newest)
    {
        if (kind == FileKind.Blob)
        {
            lock (_gate)
            {
                if (_pins.ContainsKey(file))
                {
                    _deferred.Add(file);
                    return false;
                }
            }
        }

        DeleteFile(kind, file, newest);
        return true;
    }

    private void DeleteFile(FileKind kind, long file, long newest)
    {
        try
        {
            File.Delete(PathOf(kind, file));
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        // A folder that new files no longer go to is removed with its last file; when it is not empty the system refuses.
        if (file >> FolderBits < newest >> FolderBits
            && !Directory.EnumerateFileSystemEntries(FolderOf(kind, file >> FolderBits)).Any())
        {
            try
            {
                Directory.Delete(FolderOf(kind, file >> FolderBits));
            }
            catch (IOException)
            {
                // Something is in it after all; it goes with the next one.
            }
        }
    }

    private string FolderOf(FileKind kind, long folder) =>
        Path.Combine(_roots[(int)kind], folder.ToString("x", CultureInfo.InvariantCulture));

    private static bool TryNumber(string path, out long number) =>
        long.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
}
