namespace Fogbank.Store.Sqlite;

/// <summary>Where a chunk of log records lies.</summary>
internal readonly record struct ChunkRow(long Stream, long MinTime, long Sequence, long MaxTime, int Count, long Segment, long Offset, int Length);

/// <summary>A segment that is written to: where its next frame goes, where its last one lies, the time of its first record and the latest of all.</summary>
internal readonly record struct SegmentRow(long Id, long End, long LastOffset, long MinTime, long MaxTime);

/// <summary>
/// The index of the logs: partitions, their streams, segments, and chunks by time. Appending commits a chunk's row after its bytes are in the segment, so bytes behind the last
/// row are what a crash left of an append that did not happen.
/// </summary>
internal static class LogSql
{
    internal const string Create =
        """
        CREATE TABLE IF NOT EXISTS "fogbank:log:partition"(id INTEGER PRIMARY KEY NOT NULL,log TEXT NOT NULL,key BLOB NOT NULL,segment INTEGER);
        CREATE UNIQUE INDEX IF NOT EXISTS "fogbank:log:partition:key" ON "fogbank:log:partition"(key,log);
        CREATE TABLE IF NOT EXISTS "fogbank:log:stream"(id INTEGER PRIMARY KEY NOT NULL,partition INTEGER NOT NULL,name TEXT NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS "fogbank:log:stream:name" ON "fogbank:log:stream"(partition,name);
        CREATE TABLE IF NOT EXISTS "fogbank:log:segment"(id INTEGER PRIMARY KEY NOT NULL,partition INTEGER NOT NULL,tail INTEGER NOT NULL,last INTEGER NOT NULL,min_time INTEGER NOT NULL,max_time INTEGER NOT NULL,chunks INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS "fogbank:log:segment:partition" ON "fogbank:log:segment"(partition,max_time);
        CREATE TABLE IF NOT EXISTS "fogbank:log:chunk"(stream INTEGER NOT NULL,min_time INTEGER NOT NULL,sequence INTEGER NOT NULL,partition INTEGER NOT NULL,max_time INTEGER NOT NULL,count INTEGER NOT NULL,segment INTEGER NOT NULL,offset INTEGER NOT NULL,length INTEGER NOT NULL,PRIMARY KEY(stream,min_time,sequence)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS "fogbank:log:chunk:time" ON "fogbank:log:chunk"(partition,min_time,sequence);
        """;

    private const string ChunkColumns = "stream,min_time,sequence,max_time,count,segment,offset,length";
    private static readonly Sql FindPartitionSql = new("SELECT id FROM \"fogbank:log:partition\" WHERE key=?1 AND log=?2");
    private static readonly Sql AddPartitionSql = new("INSERT INTO \"fogbank:log:partition\"(id,log,key) VALUES(?1,?2,?3)");
    private static readonly Sql SetActiveSql = new("UPDATE \"fogbank:log:partition\" SET segment=?2 WHERE id=?1");
    private static readonly Sql FindStreamSql = new("SELECT id FROM \"fogbank:log:stream\" WHERE partition=?1 AND name=?2");
    private static readonly Sql AddStreamSql = new("INSERT INTO \"fogbank:log:stream\"(id,partition,name) VALUES(?1,?2,?3)");
    private static readonly Sql StreamNameSql = new("SELECT name FROM \"fogbank:log:stream\" WHERE id=?1");

    private static readonly Sql ActiveSql = new(
        "SELECT s.id,s.tail,s.last,s.min_time,s.max_time FROM \"fogbank:log:partition\" p JOIN \"fogbank:log:segment\" s ON s.id=p.segment WHERE p.id=?1");

    private static readonly Sql AddSegmentSql = new(
        "INSERT INTO \"fogbank:log:segment\"(id,partition,tail,last,min_time,max_time,chunks) VALUES(?1,?2,0,0,?3,?3,0)");

    private static readonly Sql GrowSegmentSql = new(
        "UPDATE \"fogbank:log:segment\" SET tail=?2,last=?3,max_time=max(max_time,?4),chunks=chunks+1 WHERE id=?1");

    private static readonly Sql CutSegmentSql = new("UPDATE \"fogbank:log:segment\" SET tail=?2,last=?3 WHERE id=?1");

    private static readonly Sql AddChunkSql = new(
        $"INSERT INTO \"fogbank:log:chunk\"({ChunkColumns},partition) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");

    private static readonly Sql ForwardSql = new(
        $"SELECT {ChunkColumns} FROM \"fogbank:log:chunk\" WHERE partition=?1 AND (min_time,sequence)>(?2,?3) AND min_time<?4 ORDER BY min_time,sequence LIMIT ?5");

    private static readonly Sql BackwardSql = new(
        $"SELECT {ChunkColumns} FROM \"fogbank:log:chunk\" WHERE partition=?1 AND (min_time,sequence)<(?2,?3) AND min_time>=?4 ORDER BY min_time DESC,sequence DESC LIMIT ?5");

    private static readonly Sql StreamForwardSql = new(
        $"SELECT {ChunkColumns} FROM \"fogbank:log:chunk\" WHERE stream=?1 AND (min_time,sequence)>(?2,?3) AND min_time<?4 ORDER BY min_time,sequence LIMIT ?5");

    private static readonly Sql StreamBackwardSql = new(
        $"SELECT {ChunkColumns} FROM \"fogbank:log:chunk\" WHERE stream=?1 AND (min_time,sequence)<(?2,?3) AND min_time>=?4 ORDER BY min_time DESC,sequence DESC LIMIT ?5");

    private static readonly Sql SegmentChunksSql = new(
        $"SELECT {ChunkColumns} FROM \"fogbank:log:chunk\" WHERE partition=?1 AND segment=?2 ORDER BY offset");

    private static readonly Sql DeleteChunkSql = new("DELETE FROM \"fogbank:log:chunk\" WHERE stream=?1 AND min_time=?2 AND sequence=?3");
    private static readonly Sql StreamSegmentsSql = new("SELECT segment,count(*) FROM \"fogbank:log:chunk\" WHERE stream=?1 GROUP BY segment");
    private static readonly Sql ShrinkSegmentSql = new("UPDATE \"fogbank:log:segment\" SET chunks=chunks-?2 WHERE id=?1");
    private static readonly Sql DeleteStreamChunksSql = new("DELETE FROM \"fogbank:log:chunk\" WHERE stream=?1");
    private static readonly Sql DeleteStreamSql = new("DELETE FROM \"fogbank:log:stream\" WHERE id=?1");
    private static readonly Sql EmptySegmentsSql = new("SELECT id FROM \"fogbank:log:segment\" WHERE partition=?1 AND chunks<=0");
    private static readonly Sql OldSegmentsSql = new("SELECT id FROM \"fogbank:log:segment\" WHERE partition=?1 AND max_time<?2");
    private static readonly Sql DeleteSegmentSql = new("DELETE FROM \"fogbank:log:segment\" WHERE id=?1");
    private static readonly Sql DeleteSegmentChunksSql = new("DELETE FROM \"fogbank:log:chunk\" WHERE partition=?1 AND segment=?2");
    private static readonly Sql ForgetActiveSql = new("UPDATE \"fogbank:log:partition\" SET segment=NULL WHERE id=?1 AND segment=?2");
    private static readonly Sql PartitionSegmentsSql = new("SELECT id FROM \"fogbank:log:segment\" WHERE partition=?1");
    private static readonly Sql DeletePartitionChunksSql = new("DELETE FROM \"fogbank:log:chunk\" WHERE partition=?1");
    private static readonly Sql DeletePartitionSegmentsSql = new("DELETE FROM \"fogbank:log:segment\" WHERE partition=?1");
    private static readonly Sql DeletePartitionStreamsSql = new("DELETE FROM \"fogbank:log:stream\" WHERE partition=?1");
    private static readonly Sql DeletePartitionSql = new("DELETE FROM \"fogbank:log:partition\" WHERE id=?1");

    private static readonly Sql[] DeleteAllSql =
    [
        new("INSERT OR IGNORE INTO \"fogbank:garbage\"(file,kind) SELECT id,1 FROM \"fogbank:log:segment\""),
        new("DELETE FROM \"fogbank:log:chunk\""),
        new("DELETE FROM \"fogbank:log:segment\""),
        new("DELETE FROM \"fogbank:log:stream\""),
        new("DELETE FROM \"fogbank:log:partition\""),
    ];

    private static readonly Sql PartitionsUnderSql = new(
        "SELECT id FROM \"fogbank:log:partition\" WHERE key>=?1 AND key<?2 AND (?3 IS NULL OR substr(log,1,length(?3))=?3)");

    internal static long? FindPartition(SqliteConnection connection, string log, StoreKey key)
    {
        using var statement = connection.Use(FindPartitionSql);
        return statement.Bind(1, key.Bytes.Span).Bind(2, log).Step() ? statement.Int64(0) : null;
    }

    internal static void AddPartition(SqliteConnection connection, long id, string log, StoreKey key) =>
        connection.Use(AddPartitionSql).Bind(1, id).Bind(2, log).Bind(3, key.Bytes.Span).Run();

    internal static long? FindStream(SqliteConnection connection, long partition, string name)
    {
        using var statement = connection.Use(FindStreamSql);
        return statement.Bind(1, partition).Bind(2, name).Step() ? statement.Int64(0) : null;
    }

    internal static void AddStream(SqliteConnection connection, long id, long partition, string name) =>
        connection.Use(AddStreamSql).Bind(1, id).Bind(2, partition).Bind(3, name).Run();

    internal static string? StreamName(SqliteConnection connection, long id)
    {
        using var statement = connection.Use(StreamNameSql);
        return statement.Bind(1, id).Step() ? statement.Text(0) : null;
    }

    internal static SegmentRow? FindActive(SqliteConnection connection, long partition)
    {
        using var statement = connection.Use(ActiveSql);
        return statement.Bind(1, partition).Step()
            ? new SegmentRow(statement.Int64(0), statement.Int64(1), statement.Int64(2), statement.Int64(3), statement.Int64(4))
            : null;
    }

    internal static void AddSegment(SqliteConnection connection, long id, long partition, long time)
    {
        connection.Use(AddSegmentSql).Bind(1, id).Bind(2, partition).Bind(3, time).Run();
        connection.Use(SetActiveSql).Bind(1, partition).Bind(2, id).Run();
    }

    internal static void AddChunk(SqliteConnection connection, long partition, ChunkRow chunk)
    {
        connection.Use(AddChunkSql)
            .Bind(1, chunk.Stream).Bind(2, chunk.MinTime).Bind(3, chunk.Sequence).Bind(4, chunk.MaxTime).Bind(5, (long)chunk.Count)
            .Bind(6, chunk.Segment).Bind(7, chunk.Offset).Bind(8, (long)chunk.Length).Bind(9, partition).Run();
        connection.Use(GrowSegmentSql)
            .Bind(1, chunk.Segment).Bind(2, chunk.Offset + chunk.Length).Bind(3, chunk.Offset).Bind(4, chunk.MaxTime).Run();
    }

    /// <summary>Chunks that begin in a time range, in reading direction, behind a place (time and sequence of a chunk).</summary>
    internal static List<ChunkRow> ReadChunks(
        SqliteConnection connection, long? stream, long partition, bool backward, (long Time, long Sequence) behind, long bound, int limit)
    {
        var sql = (stream, backward) switch
        {
            (null, false) => ForwardSql,
            (null, true) => BackwardSql,
            (_, false) => StreamForwardSql,
            (_, true) => StreamBackwardSql,
        };
        using var statement = connection.Use(sql);
        statement.Bind(1, stream ?? partition).Bind(2, behind.Time).Bind(3, behind.Sequence).Bind(4, bound).Bind(5, (long)limit);
        return ReadRows(statement);
    }

    internal static List<ChunkRow> ReadSegmentChunks(SqliteConnection connection, long partition, long segment)
    {
        using var statement = connection.Use(SegmentChunksSql);
        return ReadRows(statement.Bind(1, partition).Bind(2, segment));
    }

    internal static void DeleteChunk(SqliteConnection connection, ChunkRow chunk)
    {
        connection.Use(DeleteChunkSql).Bind(1, chunk.Stream).Bind(2, chunk.MinTime).Bind(3, chunk.Sequence).Run();
        connection.Use(ShrinkSegmentSql).Bind(1, chunk.Segment).Bind(2, 1L).Run();
    }

    internal static void CutSegment(SqliteConnection connection, long segment, long tail, long last) =>
        connection.Use(CutSegmentSql).Bind(1, segment).Bind(2, tail).Bind(3, last).Run();

    /// <returns>Segments that hold nothing any more.</returns>
    internal static List<long> DeleteStream(SqliteConnection connection, long partition, long stream)
    {
        var counts = new List<(long Segment, long Count)>();
        using (var statement = connection.Use(StreamSegmentsSql))
        {
            statement.Bind(1, stream);
            while (statement.Step())
            {
                counts.Add((statement.Int64(0), statement.Int64(1)));
            }
        }

        connection.Use(DeleteStreamChunksSql).Bind(1, stream).Run();
        connection.Use(DeleteStreamSql).Bind(1, stream).Run();
        foreach (var (segment, count) in counts)
        {
            connection.Use(ShrinkSegmentSql).Bind(1, segment).Bind(2, count).Run();
        }

        var empty = ReadIds(connection.Use(EmptySegmentsSql).Bind(1, partition));
        foreach (var segment in empty)
        {
            DeleteSegment(connection, partition, segment);
        }

        return empty;
    }

    /// <returns>The segments that are gone.</returns>
    internal static List<long> DropSegments(SqliteConnection connection, long partition, long before)
    {
        var old = ReadIds(connection.Use(OldSegmentsSql).Bind(1, partition).Bind(2, before));
        foreach (var segment in old)
        {
            connection.Use(DeleteSegmentChunksSql).Bind(1, partition).Bind(2, segment).Run();
            DeleteSegment(connection, partition, segment);
        }

        return old;
    }

    /// <returns>The segments that are gone.</returns>
    internal static List<long> DeletePartition(SqliteConnection connection, long partition)
    {
        var segments = ReadIds(connection.Use(PartitionSegmentsSql).Bind(1, partition));
        foreach (var sql in (ReadOnlySpan<Sql>)
            [DeletePartitionChunksSql, DeletePartitionSegmentsSql, DeletePartitionStreamsSql, DeletePartitionSql])
        {
            connection.Use(sql).Bind(1, partition).Run();
        }

        return segments;
    }

    /// <summary>Forgets every log, and leaves the files to the collector.</summary>
    internal static void DeleteAll(SqliteConnection connection)
    {
        foreach (var sql in DeleteAllSql)
        {
            connection.Execute(sql);
        }
    }

    internal static List<long> FindPartitions(SqliteConnection connection, KeyRange range, string? group) =>
        ReadIds(connection.Use(PartitionsUnderSql)
            .Bind(1, range.From).Bind(2, range.To ?? [0xFF]).Bind(3, group is null ? null : group + "."));

    private static void DeleteSegment(SqliteConnection connection, long partition, long segment)
    {
        connection.Use(ForgetActiveSql).Bind(1, partition).Bind(2, segment).Run();
        connection.Use(DeleteSegmentSql).Bind(1, segment).Run();
    }

    private static List<ChunkRow> ReadRows(SqliteStatement statement)
    {
        var rows = new List<ChunkRow>();
        while (statement.Step())
        {
            rows.Add(new ChunkRow(
                statement.Int64(0),
                statement.Int64(1),
                statement.Int64(2),
                statement.Int64(3),
                statement.Int32(4),
                statement.Int64(5),
                statement.Int64(6),
                statement.Int32(7)));
        }

        return rows;
    }

    private static List<long> ReadIds(SqliteStatement statement)
    {
        using (statement)
        {
            var ids = new List<long>();
            while (statement.Step())
            {
                ids.Add(statement.Int64(0));
            }

            return ids;
        }
    }
}
