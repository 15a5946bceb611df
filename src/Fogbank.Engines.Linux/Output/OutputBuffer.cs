using System.Threading.Channels;

namespace Fogbank.Engines.Linux.Output;

/// <summary>
/// What a workload wrote and nobody has read yet. Bounded: when it is full, <see cref="OutputPump"/> stops reading the pipe, so that the
/// workload waits; when the reader has taken nothing for the patience, output is dropped and counted instead.
/// </summary>
internal sealed class OutputBuffer(int capacity, TimeSpan patience, TimeProvider time)
{
    // Bounded by bytes, through Room, not by count.
    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new() { SingleReader = true, AllowSynchronousContinuations = false });

    // Held while a pipe is read into the buffer, so that nothing is in nobody's hands when a callback takes its place.
    private readonly Lock _gate = new();
    private readonly List<Action> _readers = new(2);
    private int _unhandled;
    private bool _isFinished;
    private long _queued;
    private long _lastTaken = time.GetTimestamp();
    private int _open = 2;
    private volatile bool _abandoned;

    /// <summary>Output, a callback between output, or (neither) the end.</summary>
    private readonly record struct Item(LogChunk? Chunk, Action? Callback);

    /// <summary>Called, on any thread, when there is room again after the pump found none.</summary>
    internal Action? RoomMade { get; set; }

    /// <summary>Bytes that may be added now; everything is taken, and thrown away, once abandoned.</summary>
    internal int Room => _abandoned ? int.MaxValue : (int)Math.Max(0, capacity - Interlocked.Read(ref _queued));

    /// <summary>The reader has had its chance: what does not fit is to be dropped.</summary>
    internal bool IsPatienceOver => _abandoned || time.GetElapsedTime(Interlocked.Read(ref _lastTaken)) > patience;

    /// <summary>Adds bytes; only the pump, and only as many as there is room for.</summary>
    internal void Add(LogStream stream, ReadOnlySpan<byte> data, long dropped)
    {
        if (_abandoned)
        {
            return;
        }
        Interlocked.Add(ref _queued, data.Length);
        Interlocked.Increment(ref _unhandled);
        _items.Writer.TryWrite(new(new() { Stream = stream, Data = data.ToArray(), ReadAt = time.GetUtcNow(), DroppedBytes = dropped }, null));
    }

    /// <summary>One of the two streams has ended.</summary>
    internal void End()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _items.Writer.TryWrite(default);
        }
    }

    /// <summary>Nobody will read any more: whatever comes is thrown away, so that the pipes run dry.</summary>
    internal void Abandon()
    {
        _abandoned = true;
        RoomMade?.Invoke();
    }

    /// <summary>The workload is gone and its pipes end by themselves: wakes the pump in case it waits for room, and bounds that wait.</summary>
    internal void AbandonAfterEnd() => RoomMade?.Invoke();

    /// <summary>Adds a way to read one of the two pipes into this buffer without waiting.</summary>
    internal void AddReader(Action read) => _readers.Add(read);

    /// <summary>Runs a read of a pipe; one at a time for this buffer.</summary>
    internal void Reading(Action read)
    {
        lock (_gate)
        {
            read();
        }
    }

    /// <inheritdoc cref="IWorkload.AfterOutput"/>
    internal void AfterOutput(Action callback)
    {
        lock (_gate)
        {
            foreach (var read in _readers)
            {
                read();
            }

            if (!_isFinished && !_abandoned && Volatile.Read(ref _unhandled) > 0)
            {
                Interlocked.Increment(ref _unhandled);
                _items.Writer.TryWrite(new(null, callback));
                return;
            }
        }

        callback();
    }

    internal async IAsyncEnumerable<LogChunk> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (await _items.Reader.WaitToReadAsync(cancellationToken))
            {
                while (_items.Reader.TryRead(out var item))
                {
                    if (item.Callback is { } callback)
                    {
                        Interlocked.Decrement(ref _unhandled);
                        callback();
                        continue;
                    }

                    if (item.Chunk is not { } chunk)
                    {
                        yield break;
                    }

                    MakeRoom(chunk.Data.Length);
                    yield return chunk;
                    Interlocked.Decrement(ref _unhandled);
                }
            }
        }
        finally
        {
            Finish();
        }
    }

    private void MakeRoom(int length)
    {
        Interlocked.Exchange(ref _lastTaken, time.GetTimestamp());
        var before = Interlocked.Add(ref _queued, -length) + length;

        // Not at every chunk: waking the pump for a few bytes of room costs more than they are worth.
        if (before > capacity / 2 && before - length <= capacity / 2)
        {
            RoomMade?.Invoke();
        }
    }

    // Nobody reads any more: callbacks that still wait are called, later ones are at once.
    private void Finish()
    {
        var waiting = new List<Action>();
        lock (_gate)
        {
            _isFinished = true;
            while (_items.Reader.TryRead(out var item))
            {
                if (item.Callback is not null)
                {
                    waiting.Add(item.Callback);
                }
            }
        }

        foreach (var callback in waiting)
        {
            callback();
        }
    }
}
