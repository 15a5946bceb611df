using System.Buffers.Binary;
using System.Text;

namespace Fogbank.Store;

/// <summary>
/// The bytes of a composite key. Text is its UTF-8 between a tag and a zero byte, with inner zero bytes escaped; an integer is a tag and eight
/// big-endian bytes with the sign bit flipped. So bytes compare as the parts do, and no key is a prefix of another except by whole parts.
/// </summary>
internal static class KeyEncoding
{
    internal const byte IntegerTag = 0x01;
    internal const byte TextTag = 0x02;
    private const byte Terminator = 0x00;
    private const byte Escape = 0xFF;

    // Throws on lone surrogates: silently replacing them would let two names share one key.
    private static readonly UTF8Encoding Utf8 = new(false, true);

    internal static byte[] Append(ReadOnlySpan<byte> head, ReadOnlySpan<StoreKeyPart> parts)
    {
        var size = head.Length;
        foreach (var part in parts)
        {
            size += part.Text is { } text ? TextSize(text) + 2 : 9;
        }

        var bytes = new byte[size];
        head.CopyTo(bytes);
        var at = head.Length;
        foreach (var part in parts)
        {
            if (part.Text is { } text)
            {
                bytes[at++] = TextTag;
                at += WriteText(text, bytes.AsSpan(at));
                bytes[at++] = Terminator;
            }
            else
            {
                bytes[at++] = IntegerTag;
                BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at), unchecked((ulong)part.Integer) ^ (1UL << 63));
                at += 8;
            }
        }

        return bytes;
    }

    /// <summary>The bytes that every key has whose next part after <paramref name="head"/> is text beginning with <paramref name="text"/>.</summary>
    internal static byte[] AppendOpenText(ReadOnlySpan<byte> head, string text)
    {
        var bytes = new byte[head.Length + 1 + TextSize(text)];
        head.CopyTo(bytes);
        bytes[head.Length] = TextTag;
        WriteText(text, bytes.AsSpan(head.Length + 1));
        return bytes;
    }

    /// <summary>The least byte string greater than all that begin with <paramref name="prefix"/>, or null when there is none.</summary>
    internal static byte[]? Successor(ReadOnlySpan<byte> prefix)
    {
        var length = prefix.Length;
        while (length > 0 && prefix[length - 1] == 0xFF)
        {
            length--;
        }

        if (length == 0)
        {
            return null;
        }

        var bytes = prefix[..length].ToArray();
        bytes[length - 1]++;
        return bytes;
    }

    /// <summary>Reads one part and moves <paramref name="bytes"/> behind it.</summary>
    /// <exception cref="FormatException">The bytes are no key.</exception>
    internal static StoreKeyPart Read(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes is [IntegerTag, ..] && bytes.Length >= 9)
        {
            var integer = unchecked((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]) ^ (1UL << 63)));
            bytes = bytes[9..];
            return integer;
        }

        if (bytes is not [TextTag, ..])
        {
            throw new FormatException("The bytes are not a store key.");
        }

        var rest = bytes[1..];
        var end = rest.IndexOf(Terminator);
        if (end >= 0 && (end + 1 == rest.Length || rest[end + 1] != Escape))
        {
            bytes = rest[(end + 1)..];
            return Utf8.GetString(rest[..end]);
        }

        return ReadEscaped(ref bytes);
    }

    private static StoreKeyPart ReadEscaped(ref ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[1..];
        var plain = new List<byte>(rest.Length);
        for (var at = 0; at < rest.Length; at++)
        {
            if (rest[at] != Terminator)
            {
                plain.Add(rest[at]);
            }
            else if (at + 1 < rest.Length && rest[at + 1] == Escape)
            {
                plain.Add(0);
                at++;
            }
            else
            {
                bytes = rest[(at + 1)..];
                return Utf8.GetString([.. plain]);
            }
        }

        throw new FormatException("The bytes are not a store key: text without an end.");
    }

    private static int TextSize(string text)
    {
        var size = Utf8.GetByteCount(text);
        foreach (var c in text)
        {
            if (c == '\0')
            {
                size++;
            }
        }

        return size;
    }

    private static int WriteText(string text, Span<byte> target)
    {
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return Utf8.GetBytes(text, target);
        }

        var at = 0;
        foreach (var b in Utf8.GetBytes(text))
        {
            target[at++] = b;
            if (b == 0)
            {
                target[at++] = Escape;
            }
        }

        return at;
    }
}
