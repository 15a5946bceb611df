using SQLitePCL;

namespace Fogbank.Store.Sqlite;

/// <summary>One SQLite connection and the statements it has prepared. For one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 _db;
    private SqliteStatement?[] _statements = new SqliteStatement?[64];

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 db) => _db = db;

    /// <summary>Rows that the last finished statement changed.</summary>
    internal int Changes => raw.sqlite3_changes(_db);

    /// <summary>Whether a transaction is open: SQLite ends one by itself after some errors.</summary>
    internal bool InTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    internal static SqliteConnection Open(string path, bool write)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (write ? raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE : raw.SQLITE_OPEN_READWRITE);
        var code = raw.sqlite3_open_v2(path, out var db, flags, null);
        var connection = new SqliteConnection(db);
        if (code != raw.SQLITE_OK)
        {
            using (connection)
            {
                throw connection.Failure(code, "open");
            }
        }

        raw.sqlite3_extended_result_codes(db, 1);
        raw.sqlite3_busy_timeout(db, 5000);
        return connection;
    }

    /// <summary>The prepared statement; the caller binds, steps and disposes (which resets) it.</summary>
    internal SqliteStatement Use(Sql sql)
    {
        if (sql.Id >= _statements.Length)
        {
            Array.Resize(ref _statements, Math.Max(_statements.Length * 2, sql.Id + 1));
        }

        return _statements[sql.Id] ??= Prepare(sql.Text, kept: true);
    }

    /// <summary>Runs text that returns no rows and is not worth keeping; it may hold several statements.</summary>
    internal void Execute(string text)
    {
        var code = raw.sqlite3_exec(_db, text, out var message);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code, message ?? text);
        }
    }

    internal void Execute(Sql sql)
    {
        using var statement = Use(sql);
        statement.Step();
    }

    /// <summary>Runs text once and reads the first column of its first row.</summary>
    internal long QueryInt64(string text)
    {
        using var statement = Prepare(text);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Moves what it can from the write-ahead log into the database.</summary>
    /// <returns>Pages in the log, and pages of these that are moved; -1 when it could not begin.</returns>
    internal (int Log, int Moved) Checkpoint(bool restart)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(
            _db, null, restart ? raw.SQLITE_CHECKPOINT_RESTART : raw.SQLITE_CHECKPOINT_PASSIVE, out var log, out var moved);
        return (code & 0xFF) is raw.SQLITE_OK or raw.SQLITE_BUSY ? (log, moved) : throw Failure(code, "checkpoint");
    }

    internal void SetBusyTimeout(int milliseconds) => raw.sqlite3_busy_timeout(_db, milliseconds);

    internal SqliteStatement Prepare(string text, bool kept = false)
    {
        var code = raw.sqlite3_prepare_v3(_db, text, raw.SQLITE_PREPARE_PERSISTENT, out var statement);
        return code == raw.SQLITE_OK ? new SqliteStatement(this, statement, kept) : throw Failure(code, text);
    }

    internal StoreException Failure(int code, string doing)
    {
        var error = (code & 0xFF) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StoreError.Corrupt,
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => StoreError.Busy,
            _ => StoreError.Io,
        };
        return new StoreException(error, $"SQLite error {code} ({raw.sqlite3_errmsg(_db).utf8_to_string()}): {doing}");
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement?.Close();
        }

        Array.Clear(_statements);
        raw.sqlite3_close_v2(_db);
        _db.Dispose();
    }
}
