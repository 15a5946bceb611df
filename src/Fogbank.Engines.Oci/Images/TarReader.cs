namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// Reads a tar archive once from front to back: v7, ustar, pax, and GNU's with long names, base-256 numbers and sparse files of all forms.
/// What a field may say is limited here, so that memory is too; what an entry means for a file system is for the caller to judge.
/// </summary>
internal sealed class TarReader(TarInput input)
{
    private const int BlockSize = 512, MaxExtension = 1024 * 1024, MaxExtensionsInARow = 8, MaxPieces = 1_000_000;

    private readonly byte[] _block = new byte[BlockSize];
    private readonly ByteText _longName = new();
    private readonly ByteText _longLink = new();
    private long _left;    // bytes of the current entry's data that have not been read
    private long _padding; // bytes after them up to the next header

    /// <summary>The current entry.</summary>
    internal TarEntry Entry { get; } = new();

    /// <summary>Goes on to the next entry, past what was not read of this one; false at the archive's end.</summary>
    internal bool Next()
    {
        PaxHeader? pax = null;
        _longName.Clear();
        _longLink.Clear();
        for (var extensions = 0; ; extensions++)
        {
            input.Skip(_left + _padding);
            _left = _padding = 0;
            if (!TryReadHeader())
            {
                return extensions == 0 ? false : throw TarInput.Truncated();
            }
            if (extensions == MaxExtensionsInARow)
            {
                throw LayerErrors.Invalid("it has extended headers without an entry");
            }
            var type = _block[156];
            var size = HeaderSize();
            switch (type)
            {
                case (byte)'x':
                    pax = PaxHeader.Parse(Extension(size));
                    break;
                case (byte)'g':
                    // Of an archive as a whole, as "git archive" writes it: holds nothing of single files that would be believed.
                    Data(size);
                    break;
                case (byte)'L':
                    _longName.Set(Text(Extension(size)));
                    break;
                case (byte)'K':
                    _longLink.Set(Text(Extension(size)));
                    break;
                default:
                    ReadEntry(type, size, pax);
                    return true;
            }
        }
    }

    /// <summary>A piece of the current entry's data, which stays as it is until the next call; empty at its end. Holes of sparse files are not in it.</summary>
    internal ReadOnlySpan<byte> ReadData(long most = long.MaxValue)
    {
        if (_left == 0)
        {
            return default;
        }
        var piece = input.Take(Math.Min(_left, most));
        if (piece.IsEmpty)
        {
            throw TarInput.Truncated();
        }
        _left -= piece.Length;
        return piece;
    }

    private bool TryReadHeader()
    {
        if (!input.TryRead(_block))
        {
            return false; // without the two blocks of the end, as some write it
        }
        if (!_block.AsSpan().ContainsAnyExcept((byte)0))
        {
            if (input.TryRead(_block) && _block.AsSpan().ContainsAnyExcept((byte)0))
            {
                throw LayerErrors.Invalid("it has an empty block between its entries");
            }
            return false;
        }
        long unsigned = 8 * ' ', signed = 8 * ' ';
        for (var i = 0; i < BlockSize; i++)
        {
            if (i is < 148 or >= 156)
            {
                unsigned += _block[i];
                signed += (sbyte)_block[i];
            }
        }
        var sum = TarNumbers.Field(_block.AsSpan(148, 8), "checksum");
        return sum == unsigned || sum == signed ? true : throw LayerErrors.Invalid("the checksum of a header is wrong, or it is no tar archive");
    }

    private long HeaderSize()
    {
        var size = TarNumbers.Field(_block.AsSpan(124, 12), "size");
        return size >= 0 ? size : throw LayerErrors.Invalid("an entry's size is negative");
    }

    /// <summary>From here on, this many bytes are the current entry's.</summary>
    private void Data(long size)
    {
        _left = size;
        _padding = -size & (BlockSize - 1);
    }

    private byte[] Extension(long size)
    {
        if (size > MaxExtension)
        {
            throw LayerErrors.TooLarge($"an extended header has more than {MaxExtension} bytes");
        }
        var bytes = new byte[size];
        input.Read(bytes);
        Data(size);
        _left = 0;
        return bytes;
    }

    private static ReadOnlySpan<byte> Text(byte[] bytes)
    {
        ReadOnlySpan<byte> text = bytes.AsSpan().TrimEnd((byte)0);
        return text.Contains((byte)0) ? throw LayerErrors.Invalid("it has a name with NUL in it") : text;
    }

    private void ReadEntry(byte type, long size, PaxHeader? pax)
    {
        ReadName(pax);
        Entry.Kind = KindOf(type);
        Entry.Mode = (int)TarNumbers.Field(_block.AsSpan(100, 8), "mode") & 0xfff;
        Entry.User = Owner(pax?.User ?? TarNumbers.Field(_block.AsSpan(108, 8), "user"));
        Entry.Group = Owner(pax?.Group ?? TarNumbers.Field(_block.AsSpan(116, 8), "group"));
        (Entry.Seconds, Entry.Nanoseconds) = pax?.Time ?? (TarNumbers.Field(_block.AsSpan(136, 12), "time"), 0);
        Entry.Attributes.Clear();
        Entry.Attributes.AddRange(pax?.Attributes ?? []);
        Entry.Pieces = null;
        // Only files have data, whatever their header says of the size of others.
        size = Entry.Kind == TarEntryKind.File ? pax?.Size ?? size : 0;
        Data(size);
        Entry.Size = size;
        if (type == 'S')
        {
            ReadOldSparse();
        }
        else if (Entry.Kind == TarEntryKind.File && pax is { PiecesFollow: true })
        {
            Entry.Pieces = ReadPiecesBeforeData();
            Entry.Size = pax.SparseSize ?? throw LayerErrors.Invalid("it has a sparse file without a size");
        }
        else if (Entry.Kind == TarEntryKind.File && pax?.Pieces is not null)
        {
            Entry.Pieces = pax.Pieces;
            Entry.Size = pax.SparseSize ?? throw LayerErrors.Invalid("it has a sparse file without a size");
        }
        if (Entry.Pieces is not null)
        {
            CheckPieces(Entry.Pieces, Entry.Size, _left);
        }
    }

    private void ReadName(PaxHeader? pax)
    {
        var header = _block.AsSpan();
        Entry.Path.Clear();
        if (_longName.Length > 0)
        {
            Entry.Path.Set(_longName.Span);
        }
        else if (pax?.Path is { } path)
        {
            Entry.Path.Set(path);
        }
        else
        {
            // GNU's archives, whose magic is another one, have times in the place of the prefix.
            var prefix = header.Slice(257, 6).SequenceEqual("ustar\0"u8) ? Field(header.Slice(345, 155)) : default;
            if (!prefix.IsEmpty)
            {
                Entry.Path.Append(prefix);
                Entry.Path.Append("/"u8);
            }
            Entry.Path.Append(Field(header[..100]));
        }
        Entry.Target.Set(_longLink.Length > 0 ? _longLink.Span : pax?.LinkPath is { } link ? link : Field(header.Slice(157, 100)));

        static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> field) => field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field;
    }

    private TarEntryKind KindOf(byte type) => type switch
    {
        0 when Entry.Path.Span is [.., (byte)'/'] => TarEntryKind.Folder, // before POSIX there was no type for folders
        0 or (byte)'0' or (byte)'7' or (byte)'S' => TarEntryKind.File,
        (byte)'1' => TarEntryKind.HardLink,
        (byte)'2' => TarEntryKind.SymbolicLink,
        (byte)'3' => TarEntryKind.CharacterDevice,
        (byte)'4' => TarEntryKind.BlockDevice,
        (byte)'5' => TarEntryKind.Folder,
        (byte)'6' => TarEntryKind.Fifo,
        _ => throw LayerErrors.Invalid($"it has an entry of unknown type {type}", Entry.Path.Span),
    };

    private static uint Owner(long id) => id is >= 0 and < uint.MaxValue ? (uint)id : throw LayerErrors.Invalid("an entry's owner is out of range");

    /// <summary>GNU's first form: four pieces in the header, more in blocks after it.</summary>
    private void ReadOldSparse()
    {
        Entry.Size = TarNumbers.Field(_block.AsSpan(483, 12), "sparse size");
        List<(long, long)> pieces = [];
        AddPieces(pieces, _block.AsSpan(386, 4 * 24));
        for (var more = _block[482] != 0; more; more = _block[504] != 0)
        {
            input.Read(_block);
            AddPieces(pieces, _block.AsSpan(0, 21 * 24));
        }
        Entry.Pieces = pieces;
    }

    private static void AddPieces(List<(long, long)> pieces, ReadOnlySpan<byte> fields)
    {
        for (; !fields.IsEmpty && fields[0] != 0; fields = fields[24..])
        {
            if (pieces.Count == MaxPieces)
            {
                throw LayerErrors.TooLarge($"a sparse file has more than {MaxPieces} pieces");
            }
            pieces.Add((TarNumbers.Field(fields[..12], "sparse offset"), TarNumbers.Field(fields[12..24], "sparse length")));
        }
    }

    /// <summary>GNU's form 1.0: decimal numbers a line, the first says how many pairs follow, filled up to a block.</summary>
    private List<(long, long)> ReadPiecesBeforeData()
    {
        var taken = 0L;
        var count = NextNumber();
        if (count > MaxPieces)
        {
            throw LayerErrors.TooLarge($"a sparse file has more than {MaxPieces} pieces");
        }
        List<(long, long)> pieces = [];
        for (var i = 0; i < count; i++)
        {
            var offset = NextNumber();
            pieces.Add((offset, NextNumber()));
        }
        for (var fill = -taken & (BlockSize - 1); fill > 0;)
        {
            var piece = ReadData(fill);
            fill -= piece.IsEmpty ? throw TarInput.Truncated() : piece.Length;
        }
        return pieces;

        long NextNumber()
        {
            Span<byte> digits = stackalloc byte[20];
            for (var length = 0; ; length++)
            {
                var next = ReadData(1);
                taken++;
                if (next.IsEmpty || (length == digits.Length && next[0] != '\n'))
                {
                    throw LayerErrors.Invalid("it has a damaged sparse file");
                }
                if (next[0] == '\n')
                {
                    return TarNumbers.Decimal(digits[..length], "sparse map");
                }
                digits[length] = next[0];
            }
        }
    }

    private static void CheckPieces(List<(long Offset, long Length)> pieces, long size, long data)
    {
        long end = 0, sum = 0;
        foreach (var (offset, length) in pieces)
        {
            if (offset < end || length < 0 || length > size - offset)
            {
                throw LayerErrors.Invalid("it has a sparse file whose pieces overlap or lie outside of it");
            }
            end = offset + length;
            sum += length;
        }
        if (sum != data || size < 0)
        {
            throw LayerErrors.Invalid("it has a sparse file whose pieces are not its data");
        }
    }
}
