using System.Buffers.Binary;
using System.Text;

namespace Fogbank.Engines.Linux.Network.Netlink;

/// <summary>One message to the kernel: a header, a fixed structure, attributes. Numbers are in the machine's order unless a name says otherwise.</summary>
internal sealed class NetlinkMessage
{
    internal const int HeaderSize = 16;

    internal const ushort Request = 1, Acknowledge = 4, Replace = 0x100, Exclusive = 0x200, Create = 0x400, Append = 0x800, Dump = 0x300;

    private byte[] _buffer = new byte[256];
    private int _length = HeaderSize;

    /// <summary>Begins a message; <see cref="Request"/> is always among the flags.</summary>
    internal NetlinkMessage(ushort type, ushort flags, ReadOnlySpan<byte> structure)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(6), (ushort)(flags | Request));
        Append4(structure);
    }

    internal bool IsAcknowledged => (_buffer[6] & Acknowledge) != 0;

    internal bool IsDump => (BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(6)) & Dump) == Dump;

    /// <summary>What an error message calls it.</summary>
    internal string What { get; init; } = "netlink";

    internal NetlinkMessage Bytes(int type, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)type);
        Append4(header);
        Append4(value);
        return this;
    }

    internal NetlinkMessage Number(int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Bytes(type, bytes);
    }

    internal NetlinkMessage BigEndian(int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Bytes(type, bytes);
    }

    internal NetlinkMessage Text(int type, string value) => Bytes(type, [.. Encoding.ASCII.GetBytes(value), 0]);

    /// <summary>An attribute made of a structure (may be empty) and attributes.</summary>
    internal NetlinkMessage Nest(int type, Action<NetlinkMessage> content, ReadOnlySpan<byte> structure = default)
    {
        const int isNested = 0x8000;
        var start = _length;
        Bytes(type | isNested, structure);
        content(this);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(start), (ushort)(_length - start));
        return this;
    }

    /// <summary>The message as it is sent.</summary>
    internal ReadOnlySpan<byte> Finish(uint sequence)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(8), sequence);
        return _buffer.AsSpan(0, _length);
    }

    /// <summary>Looks through the attributes of a received message (or of one attribute).</summary>
    internal static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int type)
    {
        while (attributes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (length < 4 || length > attributes.Length)
            {
                break;
            }
            if ((BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) & 0x3fff) == type)
            {
                return attributes[4..length];
            }
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }
        return default;
    }

    /// <summary>Text of an attribute, without its end mark.</summary>
    internal static string Text(ReadOnlySpan<byte> attribute) => Encoding.ASCII.GetString(attribute.TrimEnd((byte)0));

    private void Append4(ReadOnlySpan<byte> value)
    {
        var padded = (value.Length + 3) & ~3;
        if (_length + padded > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + padded));
        }
        value.CopyTo(_buffer.AsSpan(_length));
        _length += padded;
    }
}
