using System.Text;

namespace Fogbank.Images;

/// <summary>Writes a tar archive of plain files, the same bytes for the same files. Names are short and plain: digests, and what layouts prescribe.</summary>
internal sealed class TarOutput(Stream output)
{
    private const int Block = 512;
    private const long OctalLimit = 1L << 33;

    internal async Task AddAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(Header(name, bytes.Length), cancellationToken);
        await output.WriteAsync(bytes, cancellationToken);
        await PadAsync(bytes.Length, cancellationToken);
    }

    /// <summary>Adds a file that is written as it comes; its size is put in afterwards, so the output must be one to seek in.</summary>
    internal async Task AddAsync(string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var start = output.Position;
        await output.WriteAsync(Header(name, 0), cancellationToken);
        await write(output);
        var end = output.Position;
        var size = end - start - Block;
        output.Position = start;
        await output.WriteAsync(Header(name, size), cancellationToken);
        output.Position = end;
        await PadAsync(size, cancellationToken);
    }

    /// <summary>Two empty blocks end an archive.</summary>
    internal ValueTask EndAsync(CancellationToken cancellationToken) => output.WriteAsync(new byte[2 * Block], cancellationToken);

    private ValueTask PadAsync(long size, CancellationToken cancellationToken) =>
        output.WriteAsync(new byte[(Block - (size % Block)) % Block], cancellationToken);

    private static byte[] Header(string name, long size)
    {
        var header = new byte[Block];
        if (Encoding.ASCII.GetByteCount(name) > 100)
        {
            throw new ArgumentException($"{name} is too long for a tar header.", nameof(name));
        }

        Encoding.ASCII.GetBytes(name, header.AsSpan(0, 100));
        Octal(header.AsSpan(100, 8), 0b110_100_100);
        Octal(header.AsSpan(108, 8), 0);
        Octal(header.AsSpan(116, 8), 0);
        if (size < OctalLimit)
        {
            Octal(header.AsSpan(124, 12), size);
        }
        else
        {
            // Eleven octal digits hold 8 GiB; beyond them the number is binary, as GNU tar has it.
            header[124] = 0x80;
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128, 8), size);
        }

        Octal(header.AsSpan(136, 12), 0);
        header[156] = (byte)'0';
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header)
        {
            sum += b;
        }

        Octal(header.AsSpan(148, 7), sum);
        return header;
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
        {
            field[i] = (byte)('0' + (value & 7));
        }

        field[^1] = 0;
    }
}
