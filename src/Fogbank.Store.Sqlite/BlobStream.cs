using Microsoft.Win32.SafeHandles;

namespace Fogbank.Store.Sqlite;

/// <summary>A piece of a blob: bytes, or a range of a file.</summary>
internal readonly record struct BlobPiece(byte[]? Bytes, long File, long Offset, long Length);

/// <summary>Reads the pieces of a blob one after another. Files are opened when their turn comes, and are pinned until the stream is disposed.</summary>
internal sealed class BlobStream : Stream
{
    private readonly IReadOnlyList<BlobPiece> _pieces;
    private readonly SqliteDatabase? _database;
    private SafeFileHandle? _handle;
    private int _piece;
    private long _inPiece;
    private long _position;
    private bool _disposed;

    private BlobStream(IReadOnlyList<BlobPiece> pieces, SqliteDatabase? database, SafeFileHandle? handle)
    {
        _pieces = pieces;
        _database = database;
        _handle = handle;
        foreach (var piece in pieces)
        {
            Length += piece.Length;
        }
    }

    public override long Length { get; }

    public override bool CanRead => !_disposed;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    internal static BlobStream OfBytes(byte[] bytes, long offset, long length) =>
        new([new BlobPiece(bytes, 0, offset, length)], null, null);

    internal static BlobStream OfFile(SafeFileHandle handle, long offset, long length) =>
        new([new BlobPiece(null, 0, offset, length)], null, handle);

    /// <param name="pieces">Their files are pinned by the caller and unpinned by the stream.</param>
    /// <param name="database">Whose files they are.</param>
    internal static BlobStream OfPieces(IReadOnlyList<BlobPiece> pieces, SqliteDatabase database) => new(pieces, database, null);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!TryFindPiece(buffer.Length, out var piece, out var offset, out var count))
        {
            return 0;
        }

        if (piece.Bytes is { } bytes)
        {
            bytes.AsMemory((int)offset, count).CopyTo(buffer);
        }
        else
        {
            count = await RandomAccess.ReadAsync(Handle(piece), buffer[..count], offset, cancellationToken);
        }

        return Advance(count);
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!TryFindPiece(buffer.Length, out var piece, out var offset, out var count))
        {
            return 0;
        }

        if (piece.Bytes is { } bytes)
        {
            bytes.AsSpan((int)offset, count).CopyTo(buffer);
        }
        else
        {
            count = RandomAccess.Read(Handle(piece), buffer[..count], offset);
        }

        return Advance(count);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!_disposed && disposing)
        {
            _disposed = true;
            _handle?.Dispose();
            if (_database is not null)
            {
                _database.Unpin(_pieces);
            }
        }

        base.Dispose(disposing);
    }

    private bool TryFindPiece(int wanted, out BlobPiece piece, out long offset, out int count)
    {
        while (_piece < _pieces.Count && _inPiece == _pieces[_piece].Length)
        {
            _piece++;
            _inPiece = 0;
            if (_database is not null)
            {
                _handle?.Dispose();
                _handle = null;
            }
        }

        piece = _piece < _pieces.Count ? _pieces[_piece] : default;
        offset = piece.Offset + _inPiece;
        count = (int)Math.Min(wanted, piece.Length - _inPiece);
        return _piece < _pieces.Count && count > 0;
    }

    private SafeFileHandle Handle(BlobPiece piece) => _handle ??= File.OpenHandle(
        _database!.Files.PathOf(FileKind.Blob, piece.File), options: FileOptions.Asynchronous | FileOptions.SequentialScan);

    private int Advance(int count)
    {
        if (count == 0)
        {
            // The row promises more bytes than the file has: better to say so than to end early.
            throw new StoreException(StoreError.Corrupt, "The file of a blob is shorter than its row says.");
        }

        _inPiece += count;
        _position += count;
        return count;
    }
}
