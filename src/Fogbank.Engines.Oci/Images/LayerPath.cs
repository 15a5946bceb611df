namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// An archive's name, taken apart and checked: plain parts below the layer's folder. An absolute name means the same without its slash;
/// parts that lead up are refused. It is used again for the next name.
/// </summary>
internal sealed class LayerPath(int maxDepth)
{
    private const int MaxNameBytes = 255, MaxPathBytes = 4095;

    private readonly byte[] _bytes = new byte[MaxPathBytes + 1];
    private readonly byte[] _name = new byte[MaxNameBytes + 1];
    private readonly byte[] _folder = new byte[MaxPathBytes + 1];
    private int _length;
    private int _folderLength;
    private int _nameLength;

    /// <summary>The parts with slashes between them; empty for the layer's folder itself.</summary>
    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>The last part.</summary>
    internal ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

    /// <summary>The last part and NUL.</summary>
    internal ReadOnlySpan<byte> NameZ => _name.AsSpan(0, _nameLength + 1);

    /// <summary>All parts but the last and NUL; for names in the layer's folder itself, NUL alone.</summary>
    internal ReadOnlySpan<byte> FolderZ => _folder.AsSpan(0, _folderLength + 1);

    /// <summary>Takes a name.</summary>
    internal void Set(ReadOnlySpan<byte> path)
    {
        var depth = 0;
        var last = 0;
        _length = 0;
        for (var rest = path; !rest.IsEmpty;)
        {
            var slash = rest.IndexOf((byte)'/');
            var part = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? default : rest[(slash + 1)..];
            if (part.IsEmpty || part.SequenceEqual("."u8))
            {
                continue;
            }
            Check(part, path);
            if (++depth > maxDepth)
            {
                throw LayerErrors.TooLarge($"an entry lies more than {maxDepth} folders deep");
            }
            if (_length + part.Length + 1 > MaxPathBytes)
            {
                throw LayerErrors.Invalid($"it has a name of more than {MaxPathBytes} bytes", path);
            }
            if (_length > 0)
            {
                _bytes[_length++] = (byte)'/';
            }
            last = _length;
            part.CopyTo(_bytes.AsSpan(_length));
            _length += part.Length;
        }
        _nameLength = _length - last;
        _bytes.AsSpan(last, _nameLength).CopyTo(_name);
        _name[_nameLength] = 0;
        _folderLength = Math.Max(0, last - 1);
        _bytes.AsSpan(0, _folderLength).CopyTo(_folder);
        _folder[_folderLength] = 0;
        _bytes[_length] = 0;
    }

    private static void Check(ReadOnlySpan<byte> part, ReadOnlySpan<byte> path)
    {
        if (part.SequenceEqual(".."u8))
        {
            throw LayerErrors.Invalid("it has a name that leads out of it", path);
        }
        if (part.Length > MaxNameBytes)
        {
            throw LayerErrors.Invalid($"it has a name with a part of more than {MaxNameBytes} bytes", path);
        }
        if (part.Contains((byte)0))
        {
            throw LayerErrors.Invalid("it has a name with NUL in it", path);
        }
    }
}
