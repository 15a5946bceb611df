using System.Threading.Channels;

namespace Fogbank.Engines.Process.Output;

/// <summary>
/// What a workload wrote and nobody has read yet. Bounded: when it is full, <see cref="OutputPump"/> stops reading the pipe, so that the
/// workload waits; when the reader has taken nothing for the patience, output is dropped and counted instead.
/// </summary>
internal sealed class OutputBuffer(int capacity, TimeSpan patience, TimeProvider time)
{
    // Bounded by bytes, through Room, not by count.
    private readonly Channel<LogChunk> _chunks = Channel.CreateUnbounded<LogChunk>(new() { SingleReader = true, AllowSynchronousContinuations = false });
    private long _queued;
    private long _lastTaken = time.GetTimestamp();
    private int _open = 2;
    private volatile bool _abandoned;

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
        _chunks.Writer.TryWrite(new() { Stream = stream, Data = data.ToArray(), ReadAt = time.GetUtcNow(), DroppedBytes = dropped });
    }

    /// <summary>One of the two streams has ended.</summary>
    internal void End()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _chunks.Writer.TryComplete();
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

    internal async IAsyncEnumerable<LogChunk> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _chunks.Reader.WaitToReadAsync(cancellationToken))
        {
            while (_chunks.Reader.TryRead(out var chunk))
            {
                Interlocked.Exchange(ref _lastTaken, time.GetTimestamp());
                var before = Interlocked.Add(ref _queued, -chunk.Data.Length) + chunk.Data.Length;
                // Not at every chunk: waking the pump for a few bytes of room costs more than they are worth.
                if (before > capacity / 2 && before - chunk.Data.Length <= capacity / 2)
                {
                    RoomMade?.Invoke();
                }
                yield return chunk;
            }
        }
    }
}
