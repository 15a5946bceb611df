using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Fogbank.Engines.Oci.Output;

/// <summary>Reads what a container's monitor writes to its log file, from any position on, until the container has ended and all is read.</summary>
internal sealed class LogReader(string path, LogWatcher watcher, TimeProvider time) : IDisposable
{
    private const int ReadSize = 256 * 1024;

    /// <summary>What stays on disk behind a reader, for one that comes after a crash and had kept an earlier position.</summary>
    private const long KeepBehind = 16L * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _written = new(0, 1);
    private readonly Lock _gate = new();
    private readonly Queue<(long Position, Action Callback)> _waiting = new();
    private SafeFileHandle? _file;
    private long _handled;
    private long _punched;
    private bool _finished;
    private volatile bool _ended;

    /// <summary>The monitor has ended: nothing will be written any more.</summary>
    internal void End()
    {
        _ended = true;
        Signal();
    }

    /// <inheritdoc cref="IWorkload.AfterOutput"/>
    internal void AfterOutput(Action callback)
    {
        lock (_gate)
        {
            var length = LengthNow();
            if (!_finished && length > _handled)
            {
                _waiting.Enqueue((length, callback));
                return;
            }
        }
        callback();
    }

    internal async IAsyncEnumerable<LogChunk> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watch = -1;
        try
        {
            lock (_gate)
            {
                _file ??= File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                _handled = after;
            }
            watch = watcher.Add(path, Signal);
            var buffer = new byte[ReadSize];
            var position = after;
            var kept = 0; // bytes in the buffer that do not make a line yet
            while (true)
            {
                var ended = _ended; // before the read: what was written before the end is then seen
                var read = RandomAccess.Read(_file, buffer.AsSpan(kept), position + kept);
                if (read == 0)
                {
                    if (ended)
                    {
                        break;
                    }
                    await _written.WaitAsync(Patience, cancellationToken);
                    continue;
                }
                var length = kept + read;
                List<LogChunk> chunks = [];
                var used = Take(buffer.AsSpan(0, length), position, chunks);
                if (used == 0 && length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
                position += used;
                kept = length - used;
                buffer.AsSpan(used, kept).CopyTo(buffer);
                foreach (var chunk in chunks)
                {
                    yield return chunk;
                    Handled(chunk.Position);
                }
            }
        }
        finally
        {
            watcher.Remove(watch);
            Finish();
        }
    }

    /// <summary>Turns whole lines into chunks; returns how many bytes they had.</summary>
    private int Take(ReadOnlySpan<byte> bytes, long position, List<LogChunk> chunks)
    {
        var used = 0;
        var data = new MemoryStream();
        LogStream current = default;
        DateTimeOffset? first = null;
        long dropped = 0;
        while (used < bytes.Length)
        {
            if (bytes[used] == 0)
            {
                // A hole: nobody read for too long, and the oldest part was given up.
                var hole = bytes[used..].IndexOfAnyExcept((byte)0);
                hole = hole < 0 ? bytes.Length - used : hole;
                dropped += hole;
                used += hole;
                var next = bytes[used..].IndexOf((byte)'\n'); // the rest of a line that was cut
                dropped += next + 1;
                used += next + 1;
                continue;
            }
            var end = bytes[used..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }
            var line = bytes.Slice(used, end);
            used += end + 1;
            if (!LogLines.TryParse(line, out var stream, out var isPartial, out var text))
            {
                dropped += end + 1;
                continue;
            }
            if (first is not null && (stream != current || dropped > 0))
            {
                Flush(position + used - end - 1);
            }
            current = stream;
            first ??= LogLines.TimeOf(line) ?? time.GetUtcNow();
            data.Write(text);
            if (!isPartial)
            {
                data.WriteByte((byte)'\n');
            }
        }
        if (first is not null || dropped > 0)
        {
            Flush(position + used);
        }
        return used;

        void Flush(long to)
        {
            chunks.Add(new()
            {
                Stream = first is null ? LogStream.StandardOutput : current,
                Data = data.ToArray(),
                ReadAt = first ?? time.GetUtcNow(),
                DroppedBytes = dropped,
                Position = to,
            });
            data.SetLength(0);
            first = null;
            dropped = 0;
        }
    }

    private void Handled(long position)
    {
        List<Action>? callbacks = null;
        lock (_gate)
        {
            _handled = position;
            while (_waiting.TryPeek(out var waiting) && waiting.Position <= position)
            {
                (callbacks ??= []).Add(_waiting.Dequeue().Callback);
            }
        }
        callbacks?.ForEach(callback => callback());
        if (position - _punched > KeepBehind + (8L * 1024 * 1024))
        {
            _punched = position - KeepBehind;
            LogHole.Punch(_file!, _punched);
        }
    }

    private void Finish()
    {
        List<Action> callbacks;
        lock (_gate)
        {
            _finished = true;
            callbacks = [.. _waiting.Select(waiting => waiting.Callback)];
            _waiting.Clear();
        }
        callbacks.ForEach(callback => callback());
    }

    private long LengthNow() => _file is { IsClosed: false } file ? RandomAccess.GetLength(file) : File.Exists(path) ? new FileInfo(path).Length : 0;

    private void Signal()
    {
        try
        {
            _written.Release();
        }
        catch (SemaphoreFullException)
        {
            // It will look anyway.
        }
        catch (ObjectDisposedException)
        {
            // Nobody looks any more.
        }
    }

    public void Dispose()
    {
        _written.Dispose();
        _file?.Dispose();
    }
}
