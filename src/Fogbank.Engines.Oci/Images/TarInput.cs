namespace Fogbank.Engines.Oci.Images;

/// <summary>The bytes of an archive, counted.</summary>
internal sealed class TarInput(IChunkSource source, long maxBytes)
{
    private ReadOnlyMemory<byte> _chunk;
    private int _at;
    private bool _ended;
    private long _total;

    /// <summary>At least one and at most <paramref name="most"/> bytes, which stay as they are until the next call; empty at the end.</summary>
    internal ReadOnlySpan<byte> Take(long most)
    {
        if (_at == _chunk.Length && !Fill())
        {
            return default;
        }
        var piece = _chunk.Span[_at..];
        if (piece.Length > most)
        {
            piece = piece[..(int)most];
        }
        _at += piece.Length;
        return piece;
    }

    /// <summary>Fills the buffer; false where nothing at all is left.</summary>
    internal bool TryRead(Span<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var piece = Take(buffer.Length - filled);
            if (piece.IsEmpty)
            {
                return filled == 0 ? false : throw Truncated();
            }
            piece.CopyTo(buffer[filled..]);
            filled += piece.Length;
        }
        return true;
    }

    internal void Read(Span<byte> buffer)
    {
        if (!TryRead(buffer) && buffer.Length > 0)
        {
            throw Truncated();
        }
    }

    internal void Skip(long bytes)
    {
        while (bytes > 0)
        {
            var piece = Take(bytes);
            bytes -= piece.IsEmpty ? throw Truncated() : piece.Length;
        }
    }

    /// <summary>Reads what is left, of which nobody wants to know more than that it is there.</summary>
    internal void Drain()
    {
        while (!Take(long.MaxValue).IsEmpty)
        {
        }
    }

    internal static EngineException Truncated() => LayerErrors.Invalid("it ends in the middle of an entry");

    private bool Fill()
    {
        if (_ended)
        {
            return false;
        }
        _chunk = source.Next();
        _at = 0;
        _total += _chunk.Length;
        if (_total > maxBytes)
        {
            throw LayerErrors.TooLarge($"its archive has more than {maxBytes} bytes");
        }
        _ended = _chunk.IsEmpty;
        return !_ended;
    }
}
