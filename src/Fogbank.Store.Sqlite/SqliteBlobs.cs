namespace Fogbank.Store.Sqlite;

/// <summary>The blobs of one database.</summary>
internal sealed class SqliteBlobs(SqliteDatabase database, int inlineBytes) : IBlobs
{
    public BlobWriter Create() => new SqliteBlobWriter(database, inlineBytes);

    public ValueTask<long?> FindLengthAsync(BlobId blob, CancellationToken cancellationToken) =>
        database.ReadAsync(blob.Value, static (connection, id) => BlobSql.Length(connection, id), cancellationToken);

    public ValueTask<BlobId?> FindAsync(string digest, CancellationToken cancellationToken) =>
        database.ReadAsync(digest, static (connection, digest) => BlobSql.Find(connection, digest), cancellationToken);

    public async ValueTask<Stream?> OpenReadAsync(BlobId blob, long offset, long? length, CancellationToken cancellationToken)
    {
        var row = await ReadRowAsync(blob.Value, cancellationToken);
        if (row is null)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, row.Length);
        var count = length ?? row.Length - offset;
        ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(length));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, row.Length - offset, nameof(length));
        switch (row.Kind)
        {
            case BlobKind.Inline:
                return BlobStream.OfBytes(row.Data, offset, count);
            case BlobKind.File:
                return OpenFile(blob.Value, offset, count);
            default:
                return await OpenComposedAsync(blob, row, offset, count, cancellationToken);
        }
    }

    private BlobStream? OpenFile(long id, long offset, long count)
    {
        try
        {
            var handle = File.OpenHandle(database.Files.PathOf(FileKind.Blob, id), options: FileOptions.Asynchronous);
            return BlobStream.OfFile(handle, offset, count);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Released and collected since the row was read. A file that is missing although its row is there is damage.
            return BlobRowExists(id)
                ? throw new StoreException(StoreError.Corrupt, $"The file of blob {id:x} is missing.", gone)
                : null;
        }
    }

    private bool BlobRowExists(long id) => database.Read(id, static (connection, id) => BlobSql.Length(connection, id)) is not null;

    private async ValueTask<Stream?> OpenComposedAsync(BlobId blob, BlobRow row, long offset, long count, CancellationToken cancellationToken)
    {
        var pieces = new List<BlobPiece>();
        if (!await AddPiecesAsync(pieces, row, offset, count, cancellationToken))
        {
            return null;
        }

        // First pin, then look again: if the blob is still there now, its files were not collected before the pins were seen.
        database.Pin(pieces);
        if (await FindLengthAsync(blob, CancellationToken.None) is null)
        {
            database.Unpin(pieces);
            return null;
        }

        return BlobStream.OfPieces(pieces, database);
    }

    /// <returns>False when a part is gone, and so the whole.</returns>
    private async ValueTask<bool> AddPiecesAsync(
        List<BlobPiece> pieces, BlobRow composed, long offset, long count, CancellationToken cancellationToken)
    {
        foreach (var part in BlobSql.ReadParts(composed.Data))
        {
            if (offset >= part.Length)
            {
                offset -= part.Length;
                continue;
            }

            if (count == 0)
            {
                break;
            }

            var (from, take) = (part.Offset + offset, Math.Min(count, part.Length - offset));
            (offset, count) = (0, count - take);
            var row = await ReadRowAsync(part.Blob.Value, cancellationToken);
            switch (row?.Kind)
            {
                case null:
                    return false;
                case BlobKind.Inline:
                    pieces.Add(new BlobPiece(row.Data, 0, from, take));
                    break;
                case BlobKind.File:
                    pieces.Add(new BlobPiece(null, part.Blob.Value, from, take));
                    break;
                default:
                    if (!await AddPiecesAsync(pieces, row, from, take, cancellationToken))
                    {
                        return false;
                    }

                    break;
            }
        }

        return true;
    }

    private ValueTask<BlobRow?> ReadRowAsync(long id, CancellationToken cancellationToken) =>
        database.ReadAsync(id, static (connection, id) => BlobSql.Read(connection, id), cancellationToken);
}
