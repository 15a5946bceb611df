using SQLitePCL;

namespace Fogbank.Store.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0. Disposing resets one that its connection keeps for its next use, and ends any other.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt statement, bool kept) : IDisposable
{
    internal SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        // An empty blob must not become NULL: it is the least key.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, index, 0) : raw.sqlite3_bind_blob(statement, index, value));
        return this;
    }

    internal SqliteStatement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    internal SqliteStatement Bind(int index, long? value) => value is { } known ? Bind(index, known) : BindNull(index);

    internal SqliteStatement Bind(int index, string? value)
    {
        if (value is null)
        {
            return BindNull(index);
        }

        Check(raw.sqlite3_bind_text(statement, index, value));
        return this;
    }

    internal SqliteStatement Bind(int index, IndexValue value) =>
        value.Integer is { } integer ? Bind(index, integer) : Bind(index, value.Text);

    internal SqliteStatement BindNull(int index)
    {
        Check(raw.sqlite3_bind_null(statement, index));
        return this;
    }

    /// <summary>True when there is a row, false at the end.</summary>
    internal bool Step()
    {
        var code = raw.sqlite3_step(statement);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw connection.Failure(code, raw.sqlite3_sql(statement).utf8_to_string()),
        };
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    internal void Run()
    {
        Step();
        Dispose();
    }

    internal long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    internal int Int32(int column) => raw.sqlite3_column_int(statement, column);

    internal string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    internal bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    internal bool IsInteger(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_INTEGER;

    /// <summary>Valid until the next step or reset.</summary>
    internal ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    internal StoreKey Key(int column) => StoreKey.FromOwnedBytes(Blob(column).ToArray());

    public void Dispose()
    {
        if (!kept)
        {
            Close();
            return;
        }

        // The code repeats the error of the last step, which was thrown there.
        _ = raw.sqlite3_reset(statement);
    }

    internal void Close() => statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw connection.Failure(code, "bind");
        }
    }
}
