namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// The records of a pax extended header (POSIX.1-2017, pax, "pax Extended Header") that say more of the entry that follows. Values are
/// taken as bytes: extended attributes are binary.
/// </summary>
internal sealed class PaxHeader
{
    private const int MaxPieces = 1_000_000;

    internal byte[]? Path { get; private set; }

    internal byte[]? LinkPath { get; private set; }

    internal long? Size { get; private set; }

    internal long? User { get; private set; }

    internal long? Group { get; private set; }

    internal (long Seconds, int Nanoseconds)? Time { get; private set; }

    internal List<(byte[] Name, byte[] Value)> Attributes { get; } = [];

    /// <summary>Size of the sparse file, all forms.</summary>
    internal long? SparseSize { get; private set; }

    /// <summary>Pieces of the sparse file in GNU's forms 0.0 and 0.1, where all of it is in the header.</summary>
    internal List<(long Offset, long Length)>? Pieces { get; private set; }

    /// <summary>GNU's form 1.0: the pieces stand before the data.</summary>
    internal bool PiecesFollow => _major == 1 && _minor == 0;

    private byte[]? _sparseName;
    private long? _major;
    private long? _minor;
    private long? _offset;

    internal static PaxHeader Parse(ReadOnlySpan<byte> records)
    {
        PaxHeader header = new();
        while (!records.IsEmpty)
        {
            // "LENGTH KEY=VALUE\n", where the length counts everything, itself included.
            var blank = records.IndexOf((byte)' ');
            if (blank is < 1 or > 9 || TarNumbers.Decimal(records[..blank], "record length") is var length && (length > records.Length || length < blank + 3)
                || records[(int)length - 1] != '\n')
            {
                throw LayerErrors.Invalid("it has a damaged extended header");
            }
            var record = records[(blank + 1)..((int)length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1)
            {
                throw LayerErrors.Invalid("it has a damaged extended header");
            }
            header.Take(record[..equals], record[(equals + 1)..]);
            records = records[(int)length..];
        }
        if (header._major is not null && !header.PiecesFollow && !(header._major == 0 && header._minor is 0 or 1))
        {
            throw LayerErrors.Invalid("it has sparse files in an unknown form");
        }
        if (header._offset is not null)
        {
            throw LayerErrors.Invalid("it has a sparse file with half a piece");
        }
        header.Path = header._sparseName ?? header.Path;
        return header;
    }

    private void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.StartsWith("SCHILY.xattr."u8))
        {
            TakeAttribute(key["SCHILY.xattr."u8.Length..], value);
        }
        else if (key.StartsWith("GNU.sparse."u8))
        {
            TakeSparse(key["GNU.sparse."u8.Length..], value);
        }
        else if (key.SequenceEqual("path"u8))
        {
            Path = Text(value);
        }
        else if (key.SequenceEqual("linkpath"u8))
        {
            LinkPath = Text(value);
        }
        else if (key.SequenceEqual("size"u8))
        {
            Size = Number(value, "size");
        }
        else if (key.SequenceEqual("uid"u8))
        {
            User = Number(value, "user");
        }
        else if (key.SequenceEqual("gid"u8))
        {
            Group = Number(value, "group");
        }
        else if (key.SequenceEqual("mtime"u8))
        {
            Time = value.IsEmpty ? null : TarNumbers.Time(value);
        }
        // Others (names of users, times of access, comments, vendors' keys) say nothing that a layer needs.
    }

    private void TakeAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        const int maxName = 255, maxValue = 65536;
        if (name.IsEmpty || name.Contains((byte)0) || name.Length > maxName || value.Length > maxValue)
        {
            throw LayerErrors.Invalid("it has an extended attribute that cannot be one");
        }
        Attributes.Add(([.. name, 0], value.ToArray()));
    }

    private void TakeSparse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("name"u8))
        {
            _sparseName = Text(value);
        }
        else if (key.SequenceEqual("size"u8) || key.SequenceEqual("realsize"u8))
        {
            SparseSize = TarNumbers.Decimal(value, "sparse size");
        }
        else if (key.SequenceEqual("major"u8))
        {
            _major = TarNumbers.Decimal(value, "sparse form");
        }
        else if (key.SequenceEqual("minor"u8))
        {
            _minor = TarNumbers.Decimal(value, "sparse form");
        }
        else if (key.SequenceEqual("offset"u8))
        {
            _offset = _offset is null ? TarNumbers.Decimal(value, "sparse offset") : throw LayerErrors.Invalid("it has a sparse file with half a piece");
        }
        else if (key.SequenceEqual("numbytes"u8))
        {
            AddPiece(_offset ?? throw LayerErrors.Invalid("it has a sparse file with half a piece"), TarNumbers.Decimal(value, "sparse length"));
            _offset = null;
        }
        else if (key.SequenceEqual("map"u8))
        {
            TakeMap(value);
        }
    }

    private void TakeMap(ReadOnlySpan<byte> map)
    {
        Pieces ??= [];
        while (!map.IsEmpty)
        {
            var offset = NextOf(ref map);
            AddPiece(offset, NextOf(ref map));
        }

        static long NextOf(ref ReadOnlySpan<byte> map)
        {
            var comma = map.IndexOf((byte)',');
            var number = TarNumbers.Decimal(comma < 0 ? map : map[..comma], "sparse map");
            map = comma < 0 ? default : map[(comma + 1)..];
            return number;
        }
    }

    private void AddPiece(long offset, long length)
    {
        Pieces ??= [];
        if (Pieces.Count == MaxPieces)
        {
            throw LayerErrors.TooLarge($"a sparse file has more than {MaxPieces} pieces");
        }
        Pieces.Add((offset, length));
    }

    private static byte[]? Text(ReadOnlySpan<byte> value) =>
        value.IsEmpty ? null : value.Contains((byte)0) ? throw LayerErrors.Invalid("it has a name with NUL in it") : value.ToArray();

    // An empty value takes a record back.
    private static long? Number(ReadOnlySpan<byte> value, string what) => value.IsEmpty ? null : TarNumbers.Decimal(value, what);
}
