namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// Unpacked image layers by the digest of their content: each is unpacked once, by whomever asks first, shared by all, and removed when
/// room is needed and nobody holds it. Every member may be called from many threads at once.
/// </summary>
/// <remarks>
/// On disk: <c>DIFFID/fs</c> is the content, <c>DIFFID/layer</c> the record. A layer is unpacked under a name that begins with a dot and
/// gets its own by a rename, so what a crash leaves behind is known by its name and removed at the next start.
/// </remarks>
internal sealed class LayerCache : IAsyncDisposable
{
    private readonly LayerFolders _folders;
    private readonly LayerCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _opening = new(1);
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _closing = new();
    private bool _opened;
    private bool _evicting;
    private long _bytes;

    internal LayerCache(LayerCacheOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _slots = new(options.Parallel);
        _folders = new(options, time);
    }

    /// <summary>
    /// Unpacks the layers of a root unless they are there, several at a time, and holds them. The caller disposes the lease when no mount
    /// uses the folders any more.
    /// </summary>
    /// <exception cref="EngineException">A layer is hostile, damaged, too large, or does not fit on the disk; nothing of it is kept.</exception>
    internal async ValueTask<LayerLease> LeaseAsync(ImageRoot root, CancellationToken cancellationToken)
    {
        Check(root);
        await OpenAsync(cancellationToken);
        var layers = root.Layers.DistinctBy(layer => layer.DiffId).ToArray();
        var holding = new Task<Entry>[layers.Length];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        for (var i = 0; i < layers.Length; i++)
        {
            holding[i] = HoldOrStopAsync(layers[i], stop);
        }
        try
        {
            await Task.WhenAll(holding);
        }
        catch
        {
            Release(holding.Where(task => task.IsCompletedSuccessfully).Select(task => task.Result));
            // Of several failures, the one that says most about the image.
            throw holding.Select(task => task.Exception?.InnerException).OfType<EngineException>().MinBy(error => error.Kind)
                ?? holding.Select(task => task.Exception?.InnerException).FirstOrDefault(error => error is not null)
                ?? new OperationCanceledException(cancellationToken);
        }
        if (root.MaxUnpackedBytes is { } most && holding.Sum(task => task.Result.Record!.Bytes) > most)
        {
            Release(holding.Select(task => task.Result));
            throw LayerErrors.TooLarge($"it and the others of its image unpack to more than {most} bytes");
        }
        return MakeLease([.. root.Layers.Select(layer => layer.DiffId)], holding.ToDictionary(task => task.Result.DiffId, task => task.Result));
    }

    /// <summary>
    /// Holds layers that an earlier region held for a workload that still runs (<see cref="LayerLease.DiffIds"/>); null where one is not
    /// there any more.
    /// </summary>
    internal async ValueTask<LayerLease?> RetakeAsync(IReadOnlyList<string> diffIds, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        Dictionary<string, Entry> held = new(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (var diffId in diffIds.Distinct())
            {
                if (!_entries.TryGetValue(diffId, out var entry) || entry.Record is null)
                {
                    foreach (var other in held.Values)
                    {
                        other.Users--;
                    }
                    return null;
                }
                entry.Users++;
                held.Add(diffId, entry);
            }
        }
        return MakeLease(diffIds, held);
    }

    /// <summary>
    /// From now on, layers that nobody holds are removed when there are too many. Called once the running workloads of an earlier region
    /// have retaken theirs: before that, what looks unused may be somebody's root.
    /// </summary>
    internal void StartEviction()
    {
        lock (_gate)
        {
            _evicting = true;
        }
        Evict();
    }

    private static void Check(ImageRoot root)
    {
        if (root.Layers.Count > OverlayRoot.MaxLayers)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, $"An image has at most {OverlayRoot.MaxLayers} layers, not {root.Layers.Count}.");
        }
        foreach (var layer in root.Layers)
        {
            if (!IsDigest(layer.Digest) || !IsDigest(layer.DiffId))
            {
                throw new EngineException(EngineErrorKind.InvalidSpec, "A layer's digests are 64 lower-case hexadecimal digits each.");
            }
        }
    }

    internal static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        if (Volatile.Read(ref _opened))
        {
            return;
        }
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (!_opened)
            {
                foreach (var (diffId, record, lastUsed) in _folders.Open())
                {
                    _entries.Add(diffId, new(diffId) { Record = record, LastUsed = lastUsed });
                    _bytes += record.Bytes;
                }
                Volatile.Write(ref _opened, true);
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Without one of its layers an image is of no use: the others are not waited for.</summary>
    private async Task<Entry> HoldOrStopAsync(ImageLayer layer, CancellationTokenSource stop)
    {
        try
        {
            return await HoldAsync(layer, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<Entry> HoldAsync(ImageLayer layer, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(layer.DiffId, out entry))
            {
                _entries.Add(layer.DiffId, entry = new(layer.DiffId));
            }
            entry.Users++;
        }
        try
        {
            while (true)
            {
                Unpacking unpacking;
                var mine = false;
                lock (_gate)
                {
                    if (entry.Record is not null)
                    {
                        return entry;
                    }
                    if (entry.Unpacking is null)
                    {
                        mine = true;
                        entry.Unpacking = new(layer.Digest, CancellationTokenSource.CreateLinkedTokenSource(_closing.Token));
                        entry.Unpacking.Task = UnpackAsync(entry, layer, entry.Unpacking);
                    }
                    unpacking = entry.Unpacking;
                    unpacking.Waiters++;
                }
                await WaitAsync(entry, unpacking, mine, layer, cancellationToken);
            }
        }
        catch
        {
            Release([entry]);
            throw;
        }
    }

    /// <summary>Waits for an unpacking that others may wait for too: it goes on while one of them is left.</summary>
    private async Task WaitAsync(Entry entry, Unpacking unpacking, bool mine, ImageLayer layer, CancellationToken cancellationToken)
    {
        try
        {
            await unpacking.Task.WaitAsync(cancellationToken);
        }
        catch (EngineException) when (!mine && unpacking.Digest != layer.Digest)
        {
            // Somebody else's archive, of which only the claim is the same, was bad. Ours may be good: try again.
        }
        catch (OperationCanceledException) when (!mine && !cancellationToken.IsCancellationRequested && !_closing.IsCancellationRequested)
        {
            // The others left just as we came. Try again.
        }
        finally
        {
            lock (_gate)
            {
                if (--unpacking.Waiters == 0 && entry.Unpacking == unpacking)
                {
                    unpacking.Stop.Cancel();
                }
            }
        }
    }

    private async Task UnpackAsync(Entry entry, ImageLayer layer, Unpacking unpacking)
    {
        await Task.Yield(); // the caller holds the lock
        LayerRecord? record = null;
        try
        {
            await _slots.WaitAsync(unpacking.Stop.Token);
            try
            {
                record = await _folders.UnpackAsync(layer, unpacking.Stop.Token);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            lock (_gate)
            {
                entry.Unpacking = null;
                entry.Record = record;
                entry.LastUsed = _time.GetUtcNow();
                _bytes += record?.Bytes ?? 0;
                unpacking.Stop.Dispose();
            }
        }
        Evict();
    }

    private LayerLease MakeLease(IReadOnlyList<string> diffIds, Dictionary<string, Entry> held)
    {
        var now = _time.GetUtcNow();
        List<string> folders = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (var i = diffIds.Count - 1; i >= 0; i--)
        {
            var entry = held[diffIds[i]];
            // A layer below itself adds nothing: whatever it brings, it brings again above.
            if (!seen.Add(entry.DiffId))
            {
                continue;
            }
            folders.Add(_folders.ContentOf(entry.DiffId));
            if (entry.Record!.ReplacesRoot)
            {
                break;
            }
        }
        folders.Reverse();
        lock (_gate)
        {
            foreach (var entry in held.Values)
            {
                entry.LastUsed = now;
            }
        }
        _folders.Touch(held.Keys, now);
        return new(folders.Count > 0 ? folders : [_folders.Empty], [.. held.Keys], () => Release(held.Values));
    }

    private void Release(IEnumerable<Entry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                entry.LastUsed = _time.GetUtcNow();
                if (--entry.Users == 0 && entry is { Record: null, Unpacking: null })
                {
                    _entries.Remove(entry.DiffId);
                }
            }
        }
        Evict();
    }

    private void Evict()
    {
        lock (_gate)
        {
            if (!_evicting || _bytes <= _options.MaxBytes || _closing.IsCancellationRequested)
            {
                return;
            }
            foreach (var entry in _entries.Values.Where(entry => entry is { Users: 0, Record: not null }).OrderBy(entry => entry.LastUsed).ToArray())
            {
                if (_bytes <= _options.MaxBytes)
                {
                    return;
                }
                // Only the name goes away here; the files are removed by and by.
                _folders.Discard(entry.DiffId);
                _bytes -= entry.Record!.Bytes;
                _entries.Remove(entry.DiffId);
            }
        }
    }

    /// <summary>Stops unpacking and waits for it. Leases need not have been disposed: durable workloads go on using their folders.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }
        await _closing.CancelAsync();
        Task[] running;
        lock (_gate)
        {
            running = [.. _entries.Values.Select(entry => entry.Unpacking?.Task).OfType<Task>()];
        }
        try
        {
            await Task.WhenAll(running);
        }
        catch (Exception error) when (error is EngineException or OperationCanceledException)
        {
            // Whoever waits for it has been told.
        }
        await _folders.DisposeAsync();
        _closing.Dispose();
        _opening.Dispose();
        _slots.Dispose();
    }

    private sealed class Entry(string diffId)
    {
        internal string DiffId => diffId;

        /// <summary>Null until the layer is there.</summary>
        internal LayerRecord? Record { get; set; }

        internal Unpacking? Unpacking { get; set; }

        internal int Users { get; set; }

        internal DateTimeOffset LastUsed { get; set; }
    }

    private sealed class Unpacking(string digest, CancellationTokenSource stop)
    {
        internal string Digest => digest;

        internal CancellationTokenSource Stop => stop;

        internal Task Task { get; set; } = Task.CompletedTask;

        internal int Waiters { get; set; }
    }
}
