using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Fogbank.Store.Sqlite;

/// <summary>Gathers small blobs in memory and sends large ones to a file in staging, through one buffer of fixed size.</summary>
internal sealed class SqliteBlobWriter(SqliteDatabase database, int inlineBytes) : BlobWriter
{
    private const int FileBuffer = 256 * 1024;
    private byte[]? _buffer;
    private int _filled;
    private SafeFileHandle? _file;
    private string? _path;
    private long _flushed;
    private bool _completed;

    public override long Length => _flushed + _filled;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (_file is null && Length + bytes.Length > inlineBytes)
        {
            _path = database.Files.NewStagingPath();
            _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
            GrowBuffer(FileBuffer);
        }

        while (!bytes.IsEmpty)
        {
            var buffer = _buffer ??= ArrayPool<byte>.Shared.Rent(Math.Max(inlineBytes, 16));
            if (_filled == buffer.Length)
            {
                await FlushAsync(cancellationToken);
            }

            if (_filled == 0 && bytes.Length >= FileBuffer && _file is not null)
            {
                // As large as the buffer: nothing is gained by copying it there first.
                await RandomAccess.WriteAsync(_file, bytes, _flushed, cancellationToken);
                _flushed += bytes.Length;
                return;
            }

            var count = Math.Min(bytes.Length, buffer.Length - _filled);
            bytes[..count].CopyTo(buffer.AsMemory(_filled));
            _filled += count;
            bytes = bytes[count..];
        }
    }

    public override async ValueTask<PendingBlob> CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (_file is null)
        {
            var inline = _buffer is null ? [] : _buffer.AsSpan(0, _filled).ToArray();
            Release();
            return new SqlitePendingBlob(database, inline);
        }

        await FlushAsync(cancellationToken);
        if (database.Durability == Durability.Power)
        {
            RandomAccess.FlushToDisk(_file);
        }

        var (path, length) = (_path!, _flushed);
        _path = null;
        Release();
        return new SqlitePendingBlob(database, path, length);
    }

    public override ValueTask DisposeAsync()
    {
        if (!_completed)
        {
            var path = _path;
            Release();
            if (path is not null)
            {
                File.Delete(path);
            }
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(_file!, _buffer.AsMemory(0, _filled), _flushed, cancellationToken);
        _flushed += _filled;
        _filled = 0;
    }

    private void GrowBuffer(int size)
    {
        var grown = ArrayPool<byte>.Shared.Rent(size);
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, _filled).CopyTo(grown);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = grown;
    }

    private void Release()
    {
        _completed = true;
        _file?.Dispose();
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }
}
