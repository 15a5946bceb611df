using System.Text;
using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>
/// Where the files of a tar archive lie. Nothing is unpacked: files are read in place, by name. The archive is not trusted: what is cut off,
/// occurs twice, leads out of it or has more entries than an image could have is refused.
/// </summary>
internal sealed class TarIndex
{
    /// <summary>Blobs and a few small files; an image of a thousand layers has three thousand.</summary>
    private const int MaxEntries = 20_000;

    private const int MaxExtension = 64 << 10;
    private const int Block = 512;
    private readonly Dictionary<string, Place> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private TarIndex()
    {
    }

    private readonly record struct Place(long Offset, long Length);

    internal IEnumerable<string> Names => _files.Keys;

    /// <summary>Reads all headers.</summary>
    /// <param name="archive">Seekable.</param>
    /// <exception cref="CommandException">It is no tar archive, or one that is refused.</exception>
    internal static TarIndex Read(Stream archive)
    {
        var index = new TarIndex();
        var header = new byte[Block];
        var count = 0;
        string? longName = null;
        string? longLink = null;
        long? longSize = null;
        archive.Position = 0;
        while (true)
        {
            var read = archive.ReadAtLeast(header, Block, throwOnEndOfStream: false);
            if (read == 0 || (read == Block && !header.AsSpan().ContainsAnyExcept((byte)0)))
            {
                return index;
            }

            if (read < Block)
            {
                throw Refused("it is cut off");
            }

            if (++count > MaxEntries)
            {
                throw Refused($"it has more than {MaxEntries} entries, and no image has");
            }

            CheckSum(header);
            var type = (char)header[156];
            var size = longSize is not null && type is '0' or '\0' ? longSize!.Value : Number(header.AsSpan(124, 12));
            var start = archive.Position;
            var end = checked(start + ((size + Block - 1) / Block * Block));
            if (start + size > archive.Length)
            {
                throw Refused("it is cut off");
            }

            switch (type)
            {
                case 'x':
                    foreach (var (key, value) in Extension(Small(archive, size)))
                    {
                        (longName, longLink, longSize) = key switch
                        {
                            "path" => (value, longLink, longSize),
                            "linkpath" => (longName, value, longSize),
                            "size" => (longName, longLink, long.TryParse(value, out var given) && given >= 0 ? given : throw Refused("a size in it is no number")),
                            _ => (longName, longLink, longSize),
                        };
                    }

                    break;
                case 'L':
                    longName = Text(Small(archive, size));
                    break;
                case 'K':
                    longLink = Text(Small(archive, size));
                    break;
                case 'g':
                    break;
                default:
                    index.Add(type, Clean(longName ?? Name(header)), longLink ?? Text(header.AsSpan(157, 100)), new(start, size));
                    (longName, longLink, longSize) = (null, null, null);
                    break;
            }

            archive.Position = Math.Min(end, archive.Length);
        }
    }

    /// <summary>A file's bytes, read in place; null where there is none of that name. Not to be used while another one is read.</summary>
    internal (long Offset, long Length)? Find(string name)
    {
        // A link to a link is nothing that an image needs.
        if (_links.TryGetValue(name, out var target))
        {
            name = target;
        }

        return _files.TryGetValue(name, out var place) ? (place.Offset, place.Length) : null;
    }

    private static CommandException Refused(string why) => new($"The archive is refused: {why}.");

    private void Add(char type, string name, string link, Place place)
    {
        switch (type)
        {
            case '5':
                return;
            case '0' or '\0':
                if (!_files.TryAdd(name, place) || _links.ContainsKey(name))
                {
                    throw Refused($"{name} occurs twice in it");
                }

                return;
            case '1' or '2':
                var folder = type == '1' ? "" : name[..(name.LastIndexOf('/') + 1)];
                if (!_links.TryAdd(name, Resolve(folder, link, name)) || _files.ContainsKey(name))
                {
                    throw Refused($"{name} occurs twice in it");
                }

                return;
            default:
                throw Refused($"{name} is neither file, folder nor link");
        }
    }

    /// <summary>The name that a link means, inside the archive.</summary>
    private static string Resolve(string folder, string link, string name)
    {
        var parts = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in link.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count == 0)
            {
                throw Refused($"the link {name} leads out of it");
            }
            else if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return link.StartsWith('/') ? throw Refused($"the link {name} leads out of it") : string.Join('/', parts);
    }

    private static string Clean(string name)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != ".").ToList();
        return name.StartsWith('/') || parts.Contains("..") ? throw Refused($"the name {name} leads out of it") : string.Join('/', parts);
    }

    private static string Name(byte[] header)
    {
        var name = Text(header.AsSpan(0, 100));
        var prefix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? Text(header.AsSpan(345, 155)) : "";
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private static byte[] Small(Stream archive, long size)
    {
        if (size > MaxExtension)
        {
            throw Refused("a header in it is too large");
        }

        var bytes = new byte[size];
        archive.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Records of the form <c>17 path=some/name\n</c>.</summary>
    private static List<(string Key, string Value)> Extension(byte[] bytes)
    {
        var records = new List<(string, string)>();
        var rest = bytes.AsSpan();
        while (!rest.IsEmpty && rest[0] != 0)
        {
            var space = rest.IndexOf((byte)' ');
            if (space is < 1 or > 9 || !int.TryParse(rest[..space], out var length) || length <= space + 1 || length > rest.Length)
            {
                throw Refused("a header in it cannot be read");
            }

            var record = Encoding.UTF8.GetString(rest[(space + 1)..(length - 1)]);
            var equals = record.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                records.Add((record[..equals], record[(equals + 1)..]));
            }

            rest = rest[length..];
        }

        return records;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Octal digits, or binary where the highest bit is set.</summary>
    private static long Number(ReadOnlySpan<byte> field, string problem = "a size in it is no number")
    {
        long value = 0;
        if ((field[0] & 0x80) != 0)
        {
            foreach (var b in field[4..])
            {
                value = (value << 8) | b;
            }

            return field[0] == 0x80 && !field[1..4].ContainsAnyExcept((byte)0) && value >= 0 ? value : throw Refused(problem);
        }

        foreach (var b in field.Trim(" \0"u8))
        {
            value = b is >= (byte)'0' and <= (byte)'7' ? (value << 3) | (long)(b - '0') : throw Refused(problem);
        }

        return value;
    }

    private static void CheckSum(byte[] header)
    {
        var sum = 0L;
        for (var i = 0; i < Block; i++)
        {
            sum += i is >= 148 and < 156 ? ' ' : header[i];
        }

        const string Problem = "it is no tar archive, or damaged";
        if (Number(header.AsSpan(148, 8), Problem) != sum)
        {
            throw Refused(Problem);
        }
    }
}
