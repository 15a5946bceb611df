using System.Globalization;
using System.Threading.Channels;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>The folders of a <see cref="LayerCache"/>: making, finding and removing them. What is removed is removed by one worker in the background.</summary>
internal sealed class LayerFolders : IAsyncDisposable
{
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);

    private readonly LayerCacheOptions _options;
    private readonly string _bootId = LayerRecord.ReadBootId();
    private readonly CancellationTokenSource _closing = new();
    // As many as there are folders to remove, and one for all that is to be synced.
    private readonly Channel<string> _work = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly HashSet<string> _unsynced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _touched = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly ITimer _syncTimer;
    private Task _worker = Task.CompletedTask;
    private int _root = -1;
    private long _counter;

    internal LayerFolders(LayerCacheOptions options, TimeProvider time)
    {
        _options = options;
        _syncTimer = time.CreateTimer(_ => _work.Writer.TryWrite(""), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A folder with nothing in it, for images without layers.</summary>
    internal string Empty => Path.Combine(_options.Directory, ".empty");

    internal string ContentOf(string diffId) => Path.Combine(_options.Directory, diffId, LayerRecord.Content);

    /// <summary>Finds what an earlier run left: whole layers, which are given back, and the rest, which is removed.</summary>
    internal List<(string DiffId, LayerRecord Record, DateTimeOffset LastUsed)> Open()
    {
        Directory.CreateDirectory(_options.Directory);
        // Layers contain programs that run as root for whomever starts them; nobody else may get at them.
        Permissions.Set(_options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _root = Libc.Open(_options.Directory, Const.ODirectory | Const.OCloExec);
        if (_root < 0)
        {
            throw new EngineException(EngineErrorKind.StartFailed, $"{_options.Directory} could not be opened: {Libc.Describe(Libc.Errno)}.");
        }
        List<(string, LayerRecord, DateTimeOffset)> found = [];
        foreach (var path in Directory.EnumerateFileSystemEntries(_options.Directory).ToArray())
        {
            var name = Path.GetFileName(path);
            if (name == ".empty")
            {
                continue;
            }
            if (LayerCache.IsDigest(name) && TryRead(path) is { } record)
            {
                found.Add((name, record, new(File.GetLastWriteTimeUtc(Path.Combine(path, LayerRecord.File)))));
            }
            else
            {
                Discard(name);
            }
        }
        Directory.CreateDirectory(Empty);
        _worker = WorkAsync();
        return found;
    }

    private LayerRecord? TryRead(string folder)
    {
        try
        {
            var record = LayerRecord.Parse(File.ReadAllText(Path.Combine(folder, LayerRecord.File)));
            if (record is null || (record.BootId != _bootId && !File.Exists(Path.Combine(folder, LayerRecord.Durable))))
            {
                return null; // the machine may have stopped before all of it was on the disk
            }
            if (!File.Exists(Path.Combine(folder, LayerRecord.Durable)))
            {
                NeedsSync(Path.GetFileName(folder));
            }
            return record;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Unpacks a layer under a name of its own and publishes it; leaves nothing where it throws.</summary>
    internal async Task<LayerRecord> UnpackAsync(ImageLayer layer, CancellationToken cancellationToken)
    {
        var name = NextName("new");
        var folder = Path.Combine(_options.Directory, name);
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, LayerRecord.Content));
            var unpacked = await LayerUnpacker.UnpackAsync(layer, folder, _options.Limits, cancellationToken);
            LayerRecord record = new() { Bytes = unpacked.Bytes, ReplacesRoot = unpacked.ReplacesRoot, BootId = _bootId };
            await File.WriteAllTextAsync(Path.Combine(folder, LayerRecord.File), record.ToString(), cancellationToken);
            Rename(name, layer.DiffId);
            NeedsSync(layer.DiffId);
            return record;
        }
        catch (IOException error)
        {
            Discard(name);
            throw new EngineException(EngineErrorKind.ResourceExhausted, $"An image layer could not be kept: {error.Message}", error);
        }
        catch
        {
            Discard(name);
            throw;
        }
    }

    /// <summary>Remembers on disk when layers were used, so that the next run knows which to keep.</summary>
    internal void Touch(IEnumerable<string> diffIds, DateTimeOffset now)
    {
        foreach (var diffId in diffIds)
        {
            lock (_gate)
            {
                if (_touched.TryGetValue(diffId, out var last) && now - last < TouchEvery)
                {
                    continue;
                }
                _touched[diffId] = now;
            }
            try
            {
                File.SetLastWriteTimeUtc(Path.Combine(_options.Directory, diffId, LayerRecord.File), now.UtcDateTime);
            }
            catch (IOException)
            {
                // A read-only or full disk: the layer is as good, it only may be removed too early.
            }
        }
    }

    /// <summary>Takes a folder's name away at once and has its content removed by and by.</summary>
    internal void Discard(string name)
    {
        lock (_gate)
        {
            _unsynced.Remove(name);
            _touched.Remove(name);
        }
        var old = NextName("old");
        if (TryRename(name, old))
        {
            _work.Writer.TryWrite(old);
        }
    }

    /// <summary>Until everything that was discarded so far is gone from the disk.</summary>
    internal async Task CleanAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _marks.Enqueue(done);
        }
        _work.Writer.TryWrite(Mark);
        await done.Task.WaitAsync(cancellationToken);
    }

    private const string Mark = "\n";
    private readonly Queue<TaskCompletionSource> _marks = new();

    private async Task WorkAsync()
    {
        await Task.Yield();
        try
        {
            await foreach (var name in _work.Reader.ReadAllAsync(_closing.Token))
            {
                try
                {
                    if (name == Mark)
                    {
                        lock (_gate)
                        {
                            _marks.Dequeue().TrySetResult();
                        }
                    }
                    else if (name.Length == 0)
                    {
                        Sync();
                    }
                    else
                    {
                        using Trash trash = new(_root, NextName("trash"));
                        trash.TryTake(_root, Utf8(name));
                        trash.Empty(_closing.Token);
                    }
                }
                catch (EngineException)
                {
                    // What could not be removed or synced is found again at the next start.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void NeedsSync(string diffId)
    {
        lock (_gate)
        {
            if (_unsynced.Add(diffId) && _unsynced.Count == 1)
            {
                _syncTimer.Change(_options.SyncAfter, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Sync()
    {
        string[] diffIds;
        lock (_gate)
        {
            diffIds = [.. _unsynced];
            _unsynced.Clear();
        }
        if (Libc.Syscall(Sys.SyncFs, _root) < 0)
        {
            return;
        }
        foreach (var diffId in diffIds)
        {
            var fd = FileAt.OpenBeneath(_root, Utf8(diffId), Const.ODirectory | FileAt.OPath);
            if (fd >= 0)
            {
                var mark = FileAt.Open(fd, Utf8(LayerRecord.Durable), FileAt.OCreat | Const.OWrOnly, 0x180);
                _ = mark >= 0 ? Libc.Close(mark) : 0;
                _ = Libc.Close(fd);
            }
        }
    }

    private void Rename(string from, string to)
    {
        if (!TryRename(from, to))
        {
            throw new EngineException(EngineErrorKind.StartFailed, $"An image layer could not be published: {Libc.Describe(Libc.Errno)}.");
        }
    }

    private bool TryRename(string from, string to) => FileAt.Rename(_root, Utf8(from), _root, Utf8(to)) == 0;

    private string NextName(string kind)
    {
        // Names of an earlier run may still be there: they are skipped.
        string name;
        do
        {
            name = string.Create(CultureInfo.InvariantCulture, $".{kind}-{Interlocked.Increment(ref _counter)}");
        }
        while (Path.Exists(Path.Combine(_options.Directory, name)));
        return name;
    }

    private static byte[] Utf8(string name) => System.Text.Encoding.UTF8.GetBytes(name + "\0");

    /// <summary>Stops; what is not removed yet is removed by the next run.</summary>
    public async ValueTask DisposeAsync()
    {
        await _syncTimer.DisposeAsync();
        _work.Writer.TryComplete();
        await _closing.CancelAsync();
        await _worker;
        _closing.Dispose();
        if (_root >= 0)
        {
            _ = Libc.Close(_root);
        }
    }
}
