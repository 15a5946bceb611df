namespace Fogbank.Load;

/// <summary>Bytes without end in memory: a random block, over and over. What comes back is compared with it.</summary>
internal sealed class PatternStream(long length) : Stream
{
    // No divisor of any buffer, so that a misplaced piece does not look right.
    private static readonly byte[] Block = Make(1_048_583);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => _position = value; }

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(Math.Min(buffer.Length, length - _position), Block.Length - (_position % Block.Length));
        Block.AsSpan((int)(_position % Block.Length), count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Whether the bytes are those that stand at an offset.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var at = (int)(offset % Block.Length);
            var count = Math.Min(bytes.Length, Block.Length - at);
            if (!bytes[..count].SequenceEqual(Block.AsSpan(at, count)))
            {
                return false;
            }

            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte[] Make(int size)
    {
        var block = new byte[size];
        new Random(1).NextBytes(block);
        return block;
    }
}
