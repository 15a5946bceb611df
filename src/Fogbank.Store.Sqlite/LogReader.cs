using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// Reads one page of a log. Chunks come from the index by their first time and overlap, so they are merged: a record goes out once no chunk that is still to come can hold
/// one before it.
/// </summary>
internal sealed partial class LogReader<T>(SqliteConnection connection, DataFiles files, Log<T> log, LogQuery query, ILogger logger) : IDisposable
    where T : class
{
    private const int IndexPage = 128;
    private readonly PriorityQueue<OpenChunk, LogPosition> _open = new(
        query.Backward ? Comparer<LogPosition>.Create(static (a, b) => b.CompareTo(a)) : Comparer<LogPosition>.Default);

    private readonly Dictionary<long, SafeFileHandle?> _segments = [];
    private readonly Dictionary<long, string?> _streamNames = [];
    private readonly Queue<ChunkRow> _rows = new();
    private (long Time, long Sequence) _behind;
    private long _bound;
    private bool _rowsEnd;

    internal LogPage<T> Read()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        var records = new List<LogRecord<T>>();
        if (LogSql.FindPartition(connection, log.Name, query.Partition) is not { } partition)
        {
            return new LogPage<T>(records, null);
        }

        long? stream = null;
        if (query.Streams is { Count: 1 } one)
        {
            stream = LogSql.FindStream(connection, partition, one.First());
            if (stream is null)
            {
                return new LogPage<T>(records, null);
            }
        }

        SetRange();
        var bytes = 0L;
        while (true)
        {
            LoadWhatMayComeFirst(stream, partition);
            if (!_open.TryDequeue(out var chunk, out var position))
            {
                return new LogPage<T>(records, null);
            }

            if (Wanted(position))
            {
                if (records.Count == query.Limit || (records.Count > 0 && bytes > query.MaxBytes))
                {
                    return new LogPage<T>(records, records[^1].Position);
                }

                var value = chunk.Current;
                bytes += value.Length;
                records.Add(new LogRecord<T>(
                    chunk.StreamName, DateTimeOffset.FromUnixTimeMilliseconds(position.TimeUnixMilliseconds), position.Sequence, log.Codec.Read(value)));
            }

            if (chunk.MoveNext(out var next))
            {
                _open.Enqueue(chunk, next);
            }
        }
    }

    public void Dispose()
    {
        foreach (var handle in _segments.Values)
        {
            handle?.Dispose();
        }
    }

    /// <summary>Turns the query into a range over the first times of chunks, which lie at most a chunk's span before the times wanted.</summary>
    private void SetRange()
    {
        var from = query.From?.ToUnixTimeMilliseconds() ?? long.MinValue / 2;
        var to = query.To?.ToUnixTimeMilliseconds() ?? long.MaxValue / 2;
        if (query.Backward)
        {
            var last = query.After is { } after ? Math.Min(to, after.TimeUnixMilliseconds + 1) : to;
            (_behind, _bound) = ((last, long.MinValue), from - LogChunk.MaxSpan);
        }
        else
        {
            var first = query.After is { } after ? Math.Max(from, after.TimeUnixMilliseconds) : from;
            (_behind, _bound) = ((first - LogChunk.MaxSpan - 1, long.MaxValue), to);
        }
    }

    private bool Wanted(LogPosition position)
    {
        var time = position.TimeUnixMilliseconds;
        if (time < (query.From?.ToUnixTimeMilliseconds() ?? long.MinValue) || time >= (query.To?.ToUnixTimeMilliseconds() ?? long.MaxValue))
        {
            return false;
        }

        return query.After is not { } after || (query.Backward ? position < after : position > after);
    }

    /// <summary>Opens chunks until none that is left in the index can hold a record before the first one of those open.</summary>
    private void LoadWhatMayComeFirst(long? stream, long partition)
    {
        while (true)
        {
            if (_rows.Count == 0 && !_rowsEnd)
            {
                var page = LogSql.ReadChunks(connection, stream, partition, query.Backward, _behind, _bound, IndexPage);
                _rowsEnd = page.Count < IndexPage;
                foreach (var row in page)
                {
                    _behind = (row.MinTime, row.Sequence);
                    _rows.Enqueue(row);
                }
            }

            if (!_rows.TryPeek(out var next))
            {
                return;
            }

            if (_open.TryPeek(out _, out var first)
                && (query.Backward
                    ? next.MinTime + LogChunk.MaxSpan < first.TimeUnixMilliseconds
                    : next.MinTime > first.TimeUnixMilliseconds))
            {
                return;
            }

            Open(_rows.Dequeue());
        }
    }

    private void Open(ChunkRow row)
    {
        // Nothing in it lies in the range: spare the file.
        var outside = query.Backward
            ? row.MaxTime < (query.From?.ToUnixTimeMilliseconds() ?? long.MinValue)
            : row.MaxTime < Math.Max(query.From?.ToUnixTimeMilliseconds() ?? long.MinValue, query.After?.TimeUnixMilliseconds ?? long.MinValue);
        if (outside || StreamName(row.Stream) is not { } name || query.Streams?.Contains(name) == false)
        {
            return;
        }

        if (Segment(row.Segment) is not { } handle)
        {
            return;
        }

        if (SegmentFiles.Read(handle, row) is not { } frame)
        {
            LogDamaged(logger, row.Segment, row.Offset, row.Count);
            return;
        }

        var chunk = new OpenChunk(frame, row, name, query.Backward);
        if (chunk.MoveNext(out var position))
        {
            _open.Enqueue(chunk, position);
        }
    }

    private string? StreamName(long stream)
    {
        if (!_streamNames.TryGetValue(stream, out var name))
        {
            _streamNames[stream] = name = LogSql.StreamName(connection, stream);
        }

        return name;
    }

    /// <summary>Null when the segment was dropped after its row was read.</summary>
    private SafeFileHandle? Segment(long segment)
    {
        if (_segments.TryGetValue(segment, out var handle))
        {
            return handle;
        }

        try
        {
            handle = File.OpenHandle(
                files.PathOf(FileKind.Segment, segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            handle = null;
        }

        _segments[segment] = handle;
        return handle;
    }

    [LoggerMessage(LogLevel.Error, "Log segment {Segment} is damaged at {Offset}: {Count} records are left out")]
    private static partial void LogDamaged(ILogger logger, long segment, long offset, int count);

    /// <summary>Walks the records of one chunk, from either end.</summary>
    private sealed class OpenChunk
    {
        private readonly byte[] _frame;
        private readonly long _sequence;
        private readonly int[] _offsets;
        private readonly int _step;
        private int _at;

        internal OpenChunk(byte[] frame, ChunkRow row, string streamName, bool backward)
        {
            (_frame, _sequence, StreamName) = (frame, row.Sequence, streamName);
            _offsets = new int[row.Count];
            var offset = LogFrame.HeaderSize;
            for (var i = 0; i < row.Count; i++)
            {
                _offsets[i] = offset;
                offset += 12 + BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(offset + 8));
            }

            (_step, _at) = backward ? (-1, row.Count) : (1, -1);
        }

        internal string StreamName { get; }

        internal ReadOnlySpan<byte> Current =>
            _frame.AsSpan(_offsets[_at] + 12, BinaryPrimitives.ReadInt32LittleEndian(_frame.AsSpan(_offsets[_at] + 8)));

        internal bool MoveNext(out LogPosition position)
        {
            _at += _step;
            position = default;
            if (_at < 0 || _at >= _offsets.Length)
            {
                return false;
            }

            position = new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(_frame.AsSpan(_offsets[_at])), _sequence + _at);
            return true;
        }
    }
}
