namespace Fogbank.Store.Sqlite;

internal sealed partial class SqliteTransaction
{
    public BlobId AttachBlob(PendingBlob blob) => Attach(blob, null);

    public BlobId AttachBlob(PendingBlob blob, string digest)
    {
        ArgumentException.ThrowIfNullOrEmpty(digest);
        if (BlobSql.Find(Connection, digest) is not { } known)
        {
            return Attach(blob, digest);
        }

        BlobSql.Retain(Connection, known.Value);
        return known;
    }

    public BlobId NameBlob(BlobId blob, string digest)
    {
        ArgumentException.ThrowIfNullOrEmpty(digest);
        if (BlobSql.Find(Connection, digest) is { } known && known != blob)
        {
            BlobSql.Retain(Connection, known.Value);
            ReleaseBlob(blob);
            return known;
        }

        return BlobSql.Name(Connection, blob.Value, digest)
            ? blob
            : throw new InvalidOperationException($"Blob {blob} does not exist, or has a digest already.");
    }

    public BlobId ComposeBlob(IReadOnlyList<BlobSlice> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var length = 0L;
        foreach (var part in parts)
        {
            var whole = BlobSql.Length(Connection, part.Blob.Value)
                ?? throw new InvalidOperationException($"Blob {part.Blob}, a part of a new one, does not exist.");
            ArgumentOutOfRangeException.ThrowIfNegative(part.Offset, nameof(parts));
            ArgumentOutOfRangeException.ThrowIfNegative(part.Length, nameof(parts));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(part.Length, whole - part.Offset, nameof(parts));
            length += part.Length;
        }

        var id = NextFile();
        BlobSql.Insert(Connection, id, BlobKind.Composed, length, null, BlobSql.WriteParts(parts));
        return new BlobId(id);
    }

    public bool RetainBlob(BlobId blob) => BlobSql.Retain(Connection, blob.Value);

    public void ReleaseBlob(BlobId blob)
    {
        if (BlobSql.Release(Connection, blob.Value) is { } files)
        {
            foreach (var file in files)
            {
                SystemSql.AddGarbage(Connection, FileKind.Blob, file);
            }

            _committed.Add(database.Collect);
        }
    }

    public BlobId? FindBlob(string digest) => BlobSql.Find(Connection, digest);

    private BlobId Attach(PendingBlob blob, string? digest)
    {
        var pending = blob as SqlitePendingBlob ?? throw new ArgumentException("The blob was not written by this store.", nameof(blob));
        pending.CheckAttachable(database);
        var id = NextFile();
        if (pending.Inline is { } bytes)
        {
            BlobSql.Insert(Connection, id, BlobKind.Inline, bytes.Length, digest, bytes);
            pending.Attached();
            _undo.Add(pending.Detached);
            return new BlobId(id);
        }

        var path = database.Files.Place(FileKind.Blob, id);
        pending.MoveTo(path);
        _undo.Add(pending.MoveBack);
        BlobSql.Insert(Connection, id, BlobKind.File, pending.Length, digest, default);
        if (database.Durability == Durability.Power)
        {
            _flushFolders.Add(database.Files.FolderPathOf(FileKind.Blob, id));
        }

        return new BlobId(id);
    }

    private long NextFile()
    {
        var file = _file + 1;
        Volatile.Write(ref _file, file);
        return file;
    }
}
