namespace Fogbank.Store.Sqlite;

/// <summary>
/// The statements of one outbox: a table of rows, and a table with one row per ordering key that has any (its wake time and its attempts), so that finding due work
/// does not grow with what waits behind.
/// </summary>
internal sealed class OutboxSql<T> : TableSql
    where T : class
{
    private readonly Outbox<T> _outbox;
    private readonly Sql _insert;
    private readonly Sql _insertHead;
    private readonly Sql _peek;
    private readonly Sql _delete;
    private readonly Sql _next;
    private readonly Sql _wakeHead;
    private readonly Sql _deleteHead;
    private readonly Sql _postpone;
    private readonly Sql _due;
    private readonly Sql _nextDue;
    private readonly Sql _all;
    private readonly Sql _reset;
    private readonly Sql _resetHeads;
    private readonly Sql _deleteAll;
    private readonly Sql _deleteAllHeads;

    internal OutboxSql(Outbox<T> outbox)
        : base(outbox.Name)
    {
        _outbox = outbox;
        var (rows, heads) = ($"\"{Name}\"", $"\"{Name}:head\"");
        _insert = new Sql($"INSERT INTO {rows}(key,number,value) VALUES(?1,?2,?3)");
        _insertHead = new Sql($"INSERT INTO {heads}(key,wake_at,attempts) VALUES(?1,?2,0) ON CONFLICT(key) DO NOTHING");
        _peek = new Sql(
            $"SELECT number,value,(SELECT attempts FROM {heads} h WHERE h.key=?1) FROM {rows} WHERE key=?1 ORDER BY number LIMIT 1");
        _delete = new Sql(
            $"DELETE FROM {rows} WHERE key=?1 AND number=?2 AND number=(SELECT min(number) FROM {rows} WHERE key=?1)");
        _next = new Sql($"SELECT 1 FROM {rows} WHERE key=?1 LIMIT 1");
        _wakeHead = new Sql($"UPDATE {heads} SET wake_at=?2,attempts=0 WHERE key=?1");
        _deleteHead = new Sql($"DELETE FROM {heads} WHERE key=?1");
        _postpone = new Sql(
            $"UPDATE {heads} SET wake_at=?3,attempts=attempts+1 WHERE key=?1 AND ?2=(SELECT min(number) FROM {rows} WHERE key=?1)");
        _due = new Sql(
            $"SELECT key,wake_at,(SELECT min(number) FROM {rows} r WHERE r.key=h.key) FROM {heads} h WHERE wake_at<=?1 ORDER BY wake_at LIMIT ?2");
        _nextDue = new Sql($"SELECT min(wake_at) FROM {heads}");
        _all = new Sql($"SELECT value FROM {rows} WHERE key>=?1 AND key<?2");
        _reset = new Sql($"DELETE FROM {rows} WHERE key>=?1 AND key<?2");
        _deleteAll = new Sql($"DELETE FROM {rows}");
        _deleteAllHeads = new Sql($"DELETE FROM {heads}");
        _resetHeads = new Sql($"DELETE FROM {heads} WHERE key>=?1 AND key<?2");
    }

    internal override void Create(SqliteConnection connection) =>
        connection.Execute(
            $"""
            CREATE TABLE IF NOT EXISTS "{Name}"(key BLOB NOT NULL,number INTEGER NOT NULL,value BLOB NOT NULL,PRIMARY KEY(key,number)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS "{Name}:head"(key BLOB PRIMARY KEY NOT NULL,wake_at INTEGER NOT NULL,attempts INTEGER NOT NULL) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS "{Name}:wake_at" ON "{Name}:head"(wake_at)
            """);

    /// <returns>Whether the row is the head of its key.</returns>
    internal bool Insert(SqliteConnection connection, StoreKey key, long number, T value, long dueAt)
    {
        connection.Use(_insert).Bind(1, key.Bytes.Span).Bind(2, number).Bind(3, Encode(_outbox.Codec, value)).Run();
        connection.Use(_insertHead).Bind(1, key.Bytes.Span).Bind(2, dueAt).Run();
        return connection.Changes > 0;
    }

    internal OutboxItem<T>? Peek(SqliteConnection connection, StoreKey key)
    {
        using var statement = connection.Use(_peek);
        return statement.Bind(1, key.Bytes.Span).Step()
            ? new OutboxItem<T>(key, statement.Int64(0), statement.Int32(2), _outbox.Codec.Read(statement.Blob(1)))
            : null;
    }

    /// <param name="more">Whether another row of the key is now due.</param>
    internal bool Complete(SqliteConnection connection, StoreKey key, long number, long now, out bool more)
    {
        more = false;
        connection.Use(_delete).Bind(1, key.Bytes.Span).Bind(2, number).Run();
        if (connection.Changes == 0)
        {
            return false;
        }

        using (var next = connection.Use(_next))
        {
            more = next.Bind(1, key.Bytes.Span).Step();
        }

        if (more)
        {
            connection.Use(_wakeHead).Bind(1, key.Bytes.Span).Bind(2, now).Run();
        }
        else
        {
            connection.Use(_deleteHead).Bind(1, key.Bytes.Span).Run();
        }

        return true;
    }

    internal bool Postpone(SqliteConnection connection, StoreKey key, long number, long until)
    {
        connection.Use(_postpone).Bind(1, key.Bytes.Span).Bind(2, number).Bind(3, until).Run();
        return connection.Changes > 0;
    }

    internal override void Reset(SqliteConnection connection, KeyRange range, Action<BlobId>? release)
    {
        if (release is not null && _outbox.Blobs is { } blobs)
        {
            using var statement = connection.Use(_all);
            statement.Bind(1, range.From).Bind(2, range.To ?? End);
            while (statement.Step())
            {
                foreach (var blob in blobs(_outbox.Codec.Read(statement.Blob(0))))
                {
                    release(blob);
                }
            }
        }

        if (range.IsAll)
        {
            connection.Execute(_deleteAll);
            connection.Execute(_deleteAllHeads);
            return;
        }

        connection.Use(_reset).Bind(1, range.From).Bind(2, range.To ?? End).Run();
        connection.Use(_resetHeads).Bind(1, range.From).Bind(2, range.To ?? End).Run();
    }

    internal override List<DueKey> ReadDue(SqliteConnection connection, long now, int limit)
    {
        using var statement = connection.Use(_due);
        statement.Bind(1, now).Bind(2, (long)limit);
        var due = new List<DueKey>();
        while (statement.Step())
        {
            due.Add(new DueKey(statement.Key(0), DateTimeOffset.FromUnixTimeMilliseconds(statement.Int64(1)), statement.Int64(2)));
        }

        return due;
    }

    internal override long? NextDue(SqliteConnection connection)
    {
        using var statement = connection.Use(_nextDue);
        return statement.Step() && !statement.IsNull(0) ? statement.Int64(0) : null;
    }
}
