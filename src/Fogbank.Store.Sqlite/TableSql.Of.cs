using System.Text;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// The statements of one table. Rows lie in key order in the primary key's own tree (WITHOUT ROWID), so a get is one descent and a scan one walk.
/// </summary>
internal sealed class TableSql<T> : TableSql
    where T : class
{
    private readonly Table<T> _table;
    private readonly Dictionary<string, IndexSql> _indexes = new(StringComparer.Ordinal);
    private readonly Sql _get;
    private readonly Sql _put;
    private readonly Sql _insert;
    private readonly Sql _update;
    private readonly Sql _delete;
    private readonly Sql _deleteVersion;
    private readonly Sql _deleteRange;
    private readonly Sql _deleteAll;
    private readonly Sql _scan;
    private readonly Sql _scanBack;
    private readonly Sql _wake;
    private readonly Sql _due;
    private readonly Sql _nextDue;

    internal TableSql(Table<T> table)
        : base(table.Name)
    {
        _table = table;
        var (names, marks, sets) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        for (var i = 0; i < table.Indexes.Count; i++)
        {
            var index = table.Indexes[i];
            StoreNames.Check(index.Name);
            _indexes.Add(index.Name, new IndexSql(Name, index.Name));
            names.Append(",\"ix_").Append(index.Name).Append('"');
            marks.Append(",?").Append(i + 5);
            sets.Append(",\"ix_").Append(index.Name).Append("\"=?").Append(i + 5);
        }

        // Parameters: 1 key, 2 version, 3 wake time, 4 value, then the index columns, then the version expected.
        var expected = table.Indexes.Count + 5;
        var insert = $"INSERT INTO \"{Name}\"(key,version,wake_at,value{names}) VALUES(?1,?2,?3,?4{marks})";
        _get = new Sql($"SELECT version,value FROM \"{Name}\" WHERE key=?1");
        _put = new Sql($"{insert} ON CONFLICT(key) DO UPDATE SET version=?2,wake_at=?3,value=?4{sets}");
        _insert = new Sql($"{insert} ON CONFLICT(key) DO NOTHING");
        _update = new Sql($"UPDATE \"{Name}\" SET version=?2,wake_at=?3,value=?4{sets} WHERE key=?1 AND version=?{expected}");
        _delete = new Sql($"DELETE FROM \"{Name}\" WHERE key=?1");
        _deleteVersion = new Sql($"DELETE FROM \"{Name}\" WHERE key=?1 AND version=?2");
        _deleteRange = new Sql($"DELETE FROM \"{Name}\" WHERE key>=?1 AND key<?2");
        _deleteAll = new Sql($"DELETE FROM \"{Name}\"");
        _scan = new Sql($"SELECT key,version,value FROM \"{Name}\" WHERE key>=?1 AND key<?2 ORDER BY key LIMIT ?3");
        _scanBack = new Sql($"SELECT key,version,value FROM \"{Name}\" WHERE key>=?1 AND key<?2 ORDER BY key DESC LIMIT ?3");
        _wake = new Sql($"UPDATE \"{Name}\" SET wake_at=?3 WHERE key=?1 AND version=?2");
        _due = new Sql($"SELECT key,wake_at,version FROM \"{Name}\" WHERE wake_at<=?1 ORDER BY wake_at LIMIT ?2");
        _nextDue = new Sql($"SELECT min(wake_at) FROM \"{Name}\" WHERE wake_at IS NOT NULL");
    }

    internal Table<T> Table => _table;

    internal override void Create(SqliteConnection connection)
    {
        connection.Execute(
            $"CREATE TABLE IF NOT EXISTS \"{Name}\"(key BLOB PRIMARY KEY NOT NULL,version INTEGER NOT NULL,wake_at INTEGER,value BLOB NOT NULL) WITHOUT ROWID");
        var columns = Columns(connection);
        var stale = false;
        foreach (var index in _table.Indexes)
        {
            if (!columns.Contains("ix_" + index.Name))
            {
                connection.Execute($"ALTER TABLE \"{Name}\" ADD COLUMN \"ix_{index.Name}\"");
                stale = true;
            }

            connection.Execute(
                $"CREATE INDEX IF NOT EXISTS \"{Name}:{index.Name}\" ON \"{Name}\"(\"ix_{index.Name}\",key) WHERE \"ix_{index.Name}\" IS NOT NULL");
        }

        if (_table.WakeAt is not null
            && connection.QueryInt64($"SELECT count(*) FROM sqlite_schema WHERE type='index' AND name='{Name}:wake_at'") == 0)
        {
            connection.Execute($"CREATE INDEX \"{Name}:wake_at\" ON \"{Name}\"(wake_at) WHERE wake_at IS NOT NULL");
            stale = true;
        }

        if (stale)
        {
            Reindex(connection);
        }
    }

    internal Versioned<T> Get(SqliteConnection connection, StoreKey key)
    {
        using var statement = connection.Use(_get);
        return statement.Bind(1, key.Bytes.Span).Step()
            ? new Versioned<T>(_table.Codec.Read(statement.Blob(1)), statement.Int64(0))
            : default;
    }

    /// <summary>Writes unconditionally (null), or if the version is the expected one.</summary>
    internal bool Put(SqliteConnection connection, StoreKey key, T value, long version, long? expected, out long? wakeAt)
    {
        wakeAt = _table.WakeAt?.Invoke(value)?.ToUnixTimeMilliseconds();
        var sql = expected switch { null => _put, 0 => _insert, _ => _update };
        using var statement = connection.Use(sql);
        statement.Bind(1, key.Bytes.Span).Bind(2, version).Bind(3, wakeAt).Bind(4, Encode(_table.Codec, value));
        for (var i = 0; i < _table.Indexes.Count; i++)
        {
            statement.Bind(i + 5, _table.Indexes[i].Value(value));
        }

        if (expected is > 0)
        {
            statement.Bind(_table.Indexes.Count + 5, expected.Value);
        }

        statement.Step();
        return connection.Changes > 0;
    }

    internal bool Delete(SqliteConnection connection, StoreKey key, long? expected)
    {
        using var statement = connection.Use(expected is null ? _delete : _deleteVersion);
        statement.Bind(1, key.Bytes.Span);
        if (expected is { } version)
        {
            statement.Bind(2, version);
        }

        statement.Step();
        return connection.Changes > 0;
    }

    internal int DeleteRange(SqliteConnection connection, KeyRange range)
    {
        using var statement = connection.Use(_deleteRange);
        statement.Bind(1, range.From).Bind(2, range.To ?? End).Step();
        return connection.Changes;
    }

    internal ScanPage<T> Scan(SqliteConnection connection, KeyRange range, int limit, ScanToken? after, bool reverse)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (after is { } token)
        {
            range = reverse ? range.EndBefore(token.Span.ToArray()) : range.StartAfter(token.Span);
        }

        using var statement = connection.Use(reverse ? _scanBack : _scan);
        statement.Bind(1, range.From).Bind(2, range.To ?? End).Bind(3, (long)limit + 1);
        var items = new List<Entry<T>>();
        while (statement.Step())
        {
            if (items.Count == limit)
            {
                return new ScanPage<T>(items, ScanToken.At(items[^1].Key));
            }

            items.Add(new Entry<T>(statement.Key(0), _table.Codec.Read(statement.Blob(2)), statement.Int64(1)));
        }

        return new ScanPage<T>(items, null);
    }

    internal ScanPage<T> ScanIndex(SqliteConnection connection, string index, IndexRange range, StoreKey? under, int limit, ScanToken? after)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var sql = _indexes.GetValueOrDefault(index) ?? throw new ArgumentException($"Table {Name} has no index \"{index}\".", nameof(index));
        using var statement = sql.Begin(connection, range, under is { } key ? KeyRange.Under(key) : KeyRange.All, (long)limit + 1, after);
        var items = new List<Entry<T>>();
        ScanToken? last = null;
        while (statement.Step())
        {
            if (items.Count == limit)
            {
                return new ScanPage<T>(items, last);
            }

            items.Add(new Entry<T>(statement.Key(0), _table.Codec.Read(statement.Blob(2)), statement.Int64(1)));
            if (items.Count == limit)
            {
                last = IndexSql.TokenAt(statement, items[^1].Key);
            }
        }

        return new ScanPage<T>(items, null);
    }

    internal bool Reschedule(SqliteConnection connection, StoreKey key, long expected, long? wakeAt)
    {
        using var statement = connection.Use(_wake);
        statement.Bind(1, key.Bytes.Span).Bind(2, expected).Bind(3, wakeAt).Step();
        return connection.Changes > 0;
    }

    internal override void Reset(SqliteConnection connection, KeyRange range, Action<BlobId>? release)
    {
        if (release is not null && _table.Blobs is { } blobs)
        {
            using var statement = connection.Use(_scan);
            statement.Bind(1, range.From).Bind(2, range.To ?? End).Bind(3, long.MaxValue);
            while (statement.Step())
            {
                foreach (var blob in blobs(_table.Codec.Read(statement.Blob(2))))
                {
                    release(blob);
                }
            }
        }

        if (range.IsAll)
        {
            // Without a condition SQLite frees the pages of the table without looking at its rows.
            connection.Execute(_deleteAll);
        }
        else
        {
            DeleteRange(connection, range);
        }
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

    /// <summary>Fills index columns and wake times from the records, keeping versions.</summary>
    internal void Reindex(SqliteConnection connection)
    {
        ScanToken? after = null;
        do
        {
            var page = Scan(connection, KeyRange.All, 500, after, false);
            foreach (var entry in page.Items)
            {
                Put(connection, entry.Key, entry.Value, entry.Version, null, out _);
            }

            after = page.Next;
        }
        while (after is not null);
    }

    private HashSet<string> Columns(SqliteConnection connection)
    {
        using var statement = connection.Prepare($"PRAGMA table_info(\"{Name}\")");
        var columns = new HashSet<string>(StringComparer.Ordinal);
        while (statement.Step())
        {
            columns.Add(statement.Text(1));
        }

        return columns;
    }
}
