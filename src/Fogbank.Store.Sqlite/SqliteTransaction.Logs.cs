using Microsoft.Win32.SafeHandles;

namespace Fogbank.Store.Sqlite;

internal sealed partial class SqliteTransaction
{
    private readonly HashSet<SafeFileHandle> _flush = [];
    private readonly HashSet<string> _flushFolders = new(StringComparer.Ordinal);

    public long Append<T>(Log<T> log, StoreKey partition, string stream, LogBatch<T> batch)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentException.ThrowIfNullOrEmpty(stream);
        database.Check(log);
        var first = _sequence + 1;
        if (batch.Count == 0)
        {
            return first;
        }

        var partitionId = LogSql.FindPartition(Connection, log.Name, partition) ?? AddPartition(log.Name, partition);
        var streamId = LogSql.FindStream(Connection, partitionId, stream) ?? AddStream(partitionId, stream);
        foreach (var chunk in batch.Chunks)
        {
            var frame = LogFrame.Write(chunk, streamId, _sequence + 1);
            var segment = SegmentFor(partitionId, chunk);
            var handle = database.Segments.Open(segment.Id);
            RandomAccess.Write(handle, frame, segment.End);
            LogSql.AddChunk(
                Connection,
                partitionId,
                new ChunkRow(streamId, chunk.MinTime, _sequence + 1, chunk.MaxTime, chunk.Count, segment.Id, segment.End, frame.Length));
            _sequence += chunk.Count;
            if (database.Durability == Durability.Power)
            {
                _flush.Add(handle);
            }
        }

        return first;
    }

    public void DeleteStream<T>(Log<T> log, StoreKey partition, string stream)
        where T : class
    {
        database.Check(log);
        if (LogSql.FindPartition(Connection, log.Name, partition) is { } partitionId
            && LogSql.FindStream(Connection, partitionId, stream) is { } streamId)
        {
            DiscardSegments(LogSql.DeleteStream(Connection, partitionId, streamId));
        }
    }

    public void DeletePartition<T>(Log<T> log, StoreKey partition)
        where T : class
    {
        database.Check(log);
        if (LogSql.FindPartition(Connection, log.Name, partition) is { } partitionId)
        {
            DiscardSegments(LogSql.DeletePartition(Connection, partitionId));
        }
    }

    public void DropLog<T>(Log<T> log, StoreKey partition, DateTimeOffset before)
        where T : class
    {
        database.Check(log);
        if (LogSql.FindPartition(Connection, log.Name, partition) is { } partitionId)
        {
            DiscardSegments(LogSql.DropSegments(Connection, partitionId, before.ToUnixTimeMilliseconds()));
        }
    }

    internal void DiscardSegments(List<long> segments)
    {
        foreach (var segment in segments)
        {
            SystemSql.AddGarbage(Connection, FileKind.Segment, segment);

            // Only after the commit: after a rollback the segment goes on.
            _committed.Add(() => database.Segments.Close(segment));
        }

        if (segments.Count > 0)
        {
            _committed.Add(database.Collect);
        }
    }

    private long AddPartition(string log, StoreKey key)
    {
        var id = ++_sequence;
        LogSql.AddPartition(Connection, id, log, key);
        return id;
    }

    private long AddStream(long partition, string name)
    {
        var id = ++_sequence;
        LogSql.AddStream(Connection, id, partition, name);
        return id;
    }

    /// <summary>The partition's open segment, or a new one when that is large or long enough.</summary>
    private SegmentRow SegmentFor(long partition, LogChunk chunk)
    {
        if (LogSql.FindActive(Connection, partition) is { } active)
        {
            var recovered = database.Segments.Recover(Connection, partition, active);
            if (recovered != active)
            {
                // After a rollback the tail is as torn as before.
                _undo.Add(() => database.Segments.Close(active.Id));
            }

            active = recovered;

            // Late records go where the young ones go and leave with them: a segment for each would cost more than it frees.
            if (active.End < database.LogSegmentBytes && chunk.MaxTime - active.MinTime <= database.LogSegmentSpan)
            {
                return active;
            }
        }

        var id = NextFile();
        LogSql.AddSegment(Connection, id, partition, chunk.MinTime);
        database.Segments.MarkNew(id);
        _undo.Add(() =>
        {
            database.Segments.Close(id);
            File.Delete(database.Files.PathOf(FileKind.Segment, id));
        });
        if (database.Durability == Durability.Power)
        {
            _flushFolders.Add(database.Files.FolderPathOf(FileKind.Segment, id));
        }

        return new SegmentRow(id, 0, 0, chunk.MinTime, chunk.MaxTime);
    }

    private void FlushFiles()
    {
        foreach (var handle in _flush)
        {
            // One that was closed to make room was flushed then.
            if (!handle.IsClosed)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }

        foreach (var folder in _flushFolders)
        {
            Posix.FlushFolder(folder);
            Posix.FlushFolder(Path.GetDirectoryName(folder)!);
        }

        _flush.Clear();
        _flushFolders.Clear();
    }
}
