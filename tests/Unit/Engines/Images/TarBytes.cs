using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines;

namespace Fogbank.Tests.Unit.Engines.Images;

/// <summary>Makes archives header by header, also such as no tool would write.</summary>
internal sealed class TarBytes
{
    private readonly List<byte> _bytes = [];

    internal static byte[] Header(string name, char type = '0', long size = 0, int mode = 0x1a4, uint user = 0, uint group = 0, long time = 1_000_000_000,
        string link = "", string prefix = "", string magic = "ustar\000")
    {
        var block = new byte[512];
        Put(0, name);
        Put(100, Convert.ToString(mode, 8).PadLeft(7, '0'));
        Put(108, Convert.ToString(user, 8).PadLeft(7, '0'));
        Put(116, Convert.ToString(group, 8).PadLeft(7, '0'));
        Put(124, Convert.ToString(size, 8).PadLeft(11, '0'));
        Put(136, Convert.ToString(time, 8).PadLeft(11, '0'));
        block[156] = (byte)type;
        Put(157, link);
        Put(257, magic);
        Put(345, prefix);
        return Sealed(block);

        void Put(int at, string text) => Encoding.Latin1.GetBytes(text).CopyTo(block, at);
    }

    /// <summary>Puts the right checksum in.</summary>
    internal static byte[] Sealed(byte[] block)
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(block.Sum(value => value), 8).PadLeft(6, '0') + "\0 ").CopyTo(block, 148);
        return block;
    }

    internal TarBytes Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    internal TarBytes Data(byte[] bytes) => Raw(bytes).Raw(new byte[-bytes.Length & 511]);

    internal TarBytes File(string name, string content = "", int mode = 0x1a4, uint user = 0, uint group = 0, long time = 1_000_000_000) =>
        File(name, Encoding.UTF8.GetBytes(content), mode, user, group, time);

    internal TarBytes File(string name, byte[] content, int mode = 0x1a4, uint user = 0, uint group = 0, long time = 1_000_000_000) =>
        Raw(Header(name, '0', content.Length, mode, user, group, time)).Data(content);

    internal TarBytes Folder(string name, int mode = 0x1ed, uint user = 0, uint group = 0, long time = 1_000_000_000) =>
        Raw(Header(name, '5', 0, mode, user, group, time));

    internal TarBytes Link(string name, string target) => Raw(Header(name, '2', link: target, mode: 0x1ff));

    internal TarBytes HardLink(string name, string target) => Raw(Header(name, '1', link: target));

    internal TarBytes Node(string name, char type) => Raw(Header(name, type));

    internal TarBytes Pax(params ReadOnlySpan<(string Key, byte[] Value)> records)
    {
        List<byte> body = [];
        foreach (var (key, value) in records)
        {
            body.AddRange(Record(key, value));
        }
        return Raw(Header("pax", 'x', body.Count)).Data([.. body]);
    }

    internal TarBytes Pax(string key, string value) => Pax((key, Encoding.UTF8.GetBytes(value)));

    internal static byte[] Record(string key, byte[] value)
    {
        var rest = 3 + Encoding.UTF8.GetByteCount(key) + value.Length;
        var length = rest;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }
        // "LENGTH KEY=VALUE\n" has three characters beside its parts.
        return [.. Encoding.UTF8.GetBytes($"{length} {key}="), .. value, (byte)'\n'];
    }

    internal byte[] End() => Raw(new byte[1024])._bytes.ToArray();

    internal byte[] EndWithoutMark() => _bytes.ToArray();

    internal static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static byte[] Gzip(byte[] bytes)
    {
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }

    internal static ImageLayer Layer(byte[] archive, LayerCompression compression = LayerCompression.Gzip)
    {
        var packed = compression switch
        {
            LayerCompression.Gzip => Gzip(archive),
            LayerCompression.Zstandard => new ZstdSharp.Compressor().Wrap(archive).ToArray(),
            _ => archive,
        };
        return Packed(packed, Digest(archive), compression);
    }

    internal static ImageLayer Packed(byte[] packed, string diffId, LayerCompression compression) => new()
    {
        Digest = Digest(packed),
        DiffId = diffId,
        Compression = compression,
        SizeBytes = packed.Length,
        OpenAsync = _ => new(new MemoryStream(packed)),
    };
}
