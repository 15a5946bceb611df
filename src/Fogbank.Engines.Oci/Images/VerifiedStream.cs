using System.Security.Cryptography;

namespace Fogbank.Engines.Oci.Images;

/// <summary>A stream read in large pieces, whose bytes are counted and hashed on the way.</summary>
internal sealed class VerifiedStream(Stream source, long size) : Stream
{
    private const int BufferSize = 128 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _at;
    private int _filled;
    private long _total;

    /// <summary>Reads what is left, then compares number and digest of all bytes with what they should be.</summary>
    internal async ValueTask VerifyAsync(string digest, CancellationToken cancellationToken)
    {
        do
        {
            _at = _filled;
        }
        while (await FillAsync(cancellationToken));
        if (_total != size)
        {
            throw LayerErrors.Invalid($"it has {_total} bytes instead of {size}");
        }
        var actual = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (actual != digest)
        {
            throw LayerErrors.Invalid($"its digest is sha256:{actual} instead of sha256:{digest}");
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _filled && !await FillAsync(cancellationToken))
        {
            return 0;
        }
        var length = Math.Min(buffer.Length, _filled - _at);
        _buffer.AsMemory(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _at = 0;
        _filled = await source.ReadAtLeastAsync(_buffer, BufferSize, throwOnEndOfStream: false, cancellationToken);
        _hash.AppendData(_buffer, 0, _filled);
        _total += _filled;
        return _total > size ? throw LayerErrors.Invalid($"it has more than {size} bytes") : _filled > 0;
    }

    public override async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await source.DisposeAsync();
        await base.DisposeAsync();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
