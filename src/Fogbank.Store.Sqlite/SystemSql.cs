namespace Fogbank.Store.Sqlite;

/// <summary>The tables that every database has: counters, owners' schema versions, global names, and files to be deleted.</summary>
internal static class SystemSql
{
    /// <summary>Of the form of these tables. A file with a greater one is refused.</summary>
    internal const int Format = 1;

    /// <summary>Counter of versions, outbox rows and log records.</summary>
    internal const string SequenceCounter = "sequence";

    /// <summary>Counter of blobs and log segments, whose files are named by it.</summary>
    internal const string FileCounter = "file";

    internal const string Create =
        """
        CREATE TABLE IF NOT EXISTS "fogbank:counter"(name TEXT PRIMARY KEY NOT NULL,value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS "fogbank:schema"(owner TEXT PRIMARY KEY NOT NULL,version INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS "fogbank:name"(key BLOB PRIMARY KEY NOT NULL,kind TEXT NOT NULL,owner BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS "fogbank:name:owner" ON "fogbank:name"(owner);
        CREATE TABLE IF NOT EXISTS "fogbank:garbage"(file INTEGER PRIMARY KEY NOT NULL,kind INTEGER NOT NULL);
        INSERT OR IGNORE INTO "fogbank:counter" VALUES('sequence',0),('file',0);
        """;

    private static readonly Sql ReadCounterSql = new("SELECT value FROM \"fogbank:counter\" WHERE name=?1");
    private static readonly Sql WriteCounterSql = new("UPDATE \"fogbank:counter\" SET value=?2 WHERE name=?1");
    private static readonly Sql ClaimSql = new("INSERT INTO \"fogbank:name\"(key,kind,owner) VALUES(?1,?2,?3) ON CONFLICT(key) DO NOTHING");
    private static readonly Sql ReleaseSql = new("DELETE FROM \"fogbank:name\" WHERE key=?1");
    private static readonly Sql FindSql = new("SELECT owner FROM \"fogbank:name\" WHERE key=?1");
    private static readonly Sql ResetNamesSql = new(
        "DELETE FROM \"fogbank:name\" WHERE owner>=?1 AND owner<?2 AND (?3 IS NULL OR substr(kind,1,length(?3))=?3)");

    private static readonly Sql AddGarbageSql = new("INSERT OR IGNORE INTO \"fogbank:garbage\"(file,kind) VALUES(?1,?2)");
    private static readonly Sql RemoveGarbageSql = new("DELETE FROM \"fogbank:garbage\" WHERE file=?1");

    internal static long ReadCounter(SqliteConnection connection, string name)
    {
        using var statement = connection.Use(ReadCounterSql);
        return statement.Bind(1, name).Step() ? statement.Int64(0) : 0;
    }

    internal static void WriteCounter(SqliteConnection connection, string name, long value) =>
        connection.Use(WriteCounterSql).Bind(1, name).Bind(2, value).Run();

    internal static bool Claim(SqliteConnection connection, string kind, string name, StoreKey owner)
    {
        connection.Use(ClaimSql).Bind(1, NameKey(kind, name).Bytes.Span).Bind(2, kind).Bind(3, owner.Bytes.Span).Run();
        return connection.Changes > 0;
    }

    internal static bool Release(SqliteConnection connection, string kind, string name)
    {
        connection.Use(ReleaseSql).Bind(1, NameKey(kind, name).Bytes.Span).Run();
        return connection.Changes > 0;
    }

    internal static StoreKey? Find(SqliteConnection connection, string kind, string name)
    {
        using var statement = connection.Use(FindSql);
        return statement.Bind(1, NameKey(kind, name).Bytes.Span).Step() ? statement.Key(0) : null;
    }

    internal static void ResetNames(SqliteConnection connection, KeyRange owners, string? group) =>
        connection.Use(ResetNamesSql)
            .Bind(1, owners.From).Bind(2, owners.To ?? [0xFF]).Bind(3, group is null ? null : group + ".").Run();

    internal static void AddGarbage(SqliteConnection connection, FileKind kind, long file) =>
        connection.Use(AddGarbageSql).Bind(1, file).Bind(2, (long)kind).Run();

    internal static void RemoveGarbage(SqliteConnection connection, long file) =>
        connection.Use(RemoveGarbageSql).Bind(1, file).Run();

    internal static List<(FileKind Kind, long File)> ReadGarbage(SqliteConnection connection)
    {
        using var statement = connection.Prepare("SELECT kind,file FROM \"fogbank:garbage\"");
        var garbage = new List<(FileKind, long)>();
        while (statement.Step())
        {
            garbage.Add(((FileKind)statement.Int32(0), statement.Int64(1)));
        }

        return garbage;
    }

    private static StoreKey NameKey(string kind, string name) => StoreKey.Of("-", "global", kind, name);
}
