using System.Buffers.Binary;

namespace Fogbank.Store.Sqlite;

/// <summary>How a blob is kept. The numbers are stored.</summary>
internal enum BlobKind
{
    Inline = 0,
    File = 1,
    Composed = 2,
}

/// <summary>What the database knows of a blob. <paramref name="Data"/> holds its bytes (inline) or its parts (composed).</summary>
internal sealed record BlobRow(BlobKind Kind, long Length, byte[] Data);

/// <summary>The table of blobs. References are counted here; what has none has no row.</summary>
internal static class BlobSql
{
    internal const string Create =
        """
        CREATE TABLE IF NOT EXISTS "fogbank:blob"(id INTEGER PRIMARY KEY NOT NULL,refs INTEGER NOT NULL,kind INTEGER NOT NULL,length INTEGER NOT NULL,digest TEXT,data BLOB);
        CREATE UNIQUE INDEX IF NOT EXISTS "fogbank:blob:digest" ON "fogbank:blob"(digest) WHERE digest IS NOT NULL;
        """;

    private const int PartSize = 24;
    private static readonly Sql InsertSql = new("INSERT INTO \"fogbank:blob\"(id,refs,kind,length,digest,data) VALUES(?1,1,?2,?3,?4,?5)");
    private static readonly Sql RetainSql = new("UPDATE \"fogbank:blob\" SET refs=refs+1 WHERE id=?1");
    private static readonly Sql NameSql = new("UPDATE \"fogbank:blob\" SET digest=?2 WHERE id=?1 AND digest IS NULL");
    private static readonly Sql ReleaseSql = new("UPDATE \"fogbank:blob\" SET refs=refs-1 WHERE id=?1 AND refs>1");
    private static readonly Sql DeleteSql = new("DELETE FROM \"fogbank:blob\" WHERE id=?1 RETURNING kind,CASE kind WHEN 2 THEN data END");
    private static readonly Sql ReadSql = new("SELECT kind,length,data FROM \"fogbank:blob\" WHERE id=?1");
    private static readonly Sql LengthSql = new("SELECT length FROM \"fogbank:blob\" WHERE id=?1");
    private static readonly Sql DigestSql = new("SELECT id FROM \"fogbank:blob\" WHERE digest=?1");
    private static readonly Sql CollectAllSql = new("INSERT OR IGNORE INTO \"fogbank:garbage\"(file,kind) SELECT id,0 FROM \"fogbank:blob\" WHERE kind=1");
    private static readonly Sql DeleteAllSql = new("DELETE FROM \"fogbank:blob\"");

    internal static void Insert(SqliteConnection connection, long id, BlobKind kind, long length, string? digest, ReadOnlySpan<byte> data)
    {
        var statement = connection.Use(InsertSql).Bind(1, id).Bind(2, (long)kind).Bind(3, length).Bind(4, digest);
        (kind == BlobKind.File ? statement.BindNull(5) : statement.Bind(5, data)).Run();
    }

    internal static bool Retain(SqliteConnection connection, long id)
    {
        connection.Use(RetainSql).Bind(1, id).Run();
        return connection.Changes > 0;
    }

    /// <returns>False: there is no such blob without a name.</returns>
    internal static bool Name(SqliteConnection connection, long id, string digest)
    {
        connection.Use(NameSql).Bind(1, id).Bind(2, digest).Run();
        return connection.Changes > 0;
    }

    /// <returns>Files that nothing refers to any more; null when there are none.</returns>
    /// <exception cref="InvalidOperationException">There is no such blob: somebody released what was not theirs.</exception>
    internal static List<long>? Release(SqliteConnection connection, long id)
    {
        List<long>? files = null;
        var pending = new Stack<long>([id]);
        while (pending.TryPop(out var next))
        {
            connection.Use(ReleaseSql).Bind(1, next).Run();
            if (connection.Changes > 0)
            {
                continue;
            }

            using var statement = connection.Use(DeleteSql);
            if (!statement.Bind(1, next).Step())
            {
                throw new InvalidOperationException($"Blob {next:x} was released more often than it was retained.");
            }

            var kind = (BlobKind)statement.Int32(0);
            if (kind == BlobKind.File)
            {
                (files ??= []).Add(next);
            }
            else if (kind == BlobKind.Composed)
            {
                foreach (var part in ReadParts(statement.Blob(1)))
                {
                    pending.Push(part.Blob.Value);
                }
            }
        }

        return files;
    }

    internal static BlobRow? Read(SqliteConnection connection, long id)
    {
        using var statement = connection.Use(ReadSql);
        return statement.Bind(1, id).Step()
            ? new BlobRow((BlobKind)statement.Int32(0), statement.Int64(1), statement.Blob(2).ToArray())
            : null;
    }

    internal static long? Length(SqliteConnection connection, long id)
    {
        using var statement = connection.Use(LengthSql);
        return statement.Bind(1, id).Step() ? statement.Int64(0) : null;
    }

    internal static BlobId? Find(SqliteConnection connection, string digest)
    {
        using var statement = connection.Use(DigestSql);
        return statement.Bind(1, digest).Step() ? new BlobId(statement.Int64(0)) : null;
    }

    internal static void DeleteAll(SqliteConnection connection)
    {
        connection.Execute(CollectAllSql);
        connection.Execute(DeleteAllSql);
    }

    internal static byte[] WriteParts(IReadOnlyList<BlobSlice> parts)
    {
        var data = new byte[parts.Count * PartSize];
        for (var i = 0; i < parts.Count; i++)
        {
            var part = data.AsSpan(i * PartSize);
            BinaryPrimitives.WriteInt64LittleEndian(part, parts[i].Blob.Value);
            BinaryPrimitives.WriteInt64LittleEndian(part[8..], parts[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(part[16..], parts[i].Length);
        }

        return data;
    }

    internal static BlobSlice[] ReadParts(ReadOnlySpan<byte> data)
    {
        var parts = new BlobSlice[data.Length / PartSize];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = data[(i * PartSize)..];
            parts[i] = new BlobSlice(
                new BlobId(BinaryPrimitives.ReadInt64LittleEndian(part)),
                BinaryPrimitives.ReadInt64LittleEndian(part[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(part[16..]));
        }

        return parts;
    }
}
