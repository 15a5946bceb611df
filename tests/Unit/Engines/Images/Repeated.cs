namespace Fogbank.Tests.Unit.Engines.Images;

/// <summary>A stream of the same bytes again and again, made as it is read.</summary>
internal sealed class Repeated(byte[] bytes, long times, byte[]? head = null) : Stream
{
    private readonly byte[] _head = head ?? [];
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length && _position < Length)
        {
            var piece = _position < _head.Length ? _head.AsSpan((int)_position) : bytes.AsSpan((int)((_position - _head.Length) % bytes.Length));
            piece = piece[..Math.Min(piece.Length, buffer.Length - filled)];
            piece.CopyTo(buffer[filled..]);
            filled += piece.Length;
            _position += piece.Length;
        }
        return filled;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _head.Length + (bytes.Length * times);

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
