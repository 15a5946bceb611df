namespace Fogbank.Store.Sqlite;

/// <summary>A written blob: its bytes, or its file in staging until a transaction moves it to its place.</summary>
internal sealed class SqlitePendingBlob : PendingBlob
{
    private readonly SqliteDatabase _database;
    private readonly string? _staged;
    private string? _placed;
    private bool _attached;
    private bool _disposed;

    internal SqlitePendingBlob(SqliteDatabase database, byte[] inline)
    {
        _database = database;
        Inline = inline;
        Length = inline.Length;
    }

    internal SqlitePendingBlob(SqliteDatabase database, string staged, long length)
    {
        _database = database;
        _staged = staged;
        Length = length;
    }

    public override long Length { get; }

    internal byte[]? Inline { get; }

    public override Stream OpenRead() =>
        Inline is { } bytes
            ? BlobStream.OfBytes(bytes, 0, bytes.Length)
            : BlobStream.OfFile(File.OpenHandle(_placed ?? _staged!, options: FileOptions.Asynchronous), 0, Length);

    internal void CheckAttachable(SqliteDatabase database)
    {
        if (database != _database)
        {
            throw new ArgumentException($"The blob was written for database {_database.Name}, not {database.Name}.");
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_attached)
        {
            throw new InvalidOperationException("The blob is attached already; retain its id instead.");
        }
    }

    internal void Attached() => _attached = true;

    internal void Detached() => _attached = false;

    internal void MoveTo(string path)
    {
        File.Move(_staged!, path, overwrite: true);
        _placed = path;
        _attached = true;
    }

    internal void MoveBack()
    {
        File.Move(_placed!, _staged!);
        _placed = null;
        _attached = false;
    }

    public override ValueTask DisposeAsync()
    {
        if (!_disposed && !_attached && _staged is not null)
        {
            File.Delete(_staged);
        }

        _disposed = true;
        return ValueTask.CompletedTask;
    }
}
