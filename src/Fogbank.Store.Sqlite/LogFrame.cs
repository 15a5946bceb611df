using System.Buffers.Binary;
using System.Numerics;

namespace Fogbank.Store.Sqlite;

/// <summary>The header before each chunk's records in a segment: a mark, the checksum of all that follows it, and what the index says too.</summary>
internal static class LogFrame
{
    internal const int HeaderSize = 32;
    private const uint Mark = 0x31474F46; // "FOG1"

    /// <summary>Writes header and records as one piece.</summary>
    internal static byte[] Write(LogChunk chunk, long stream, long sequence)
    {
        var frame = new byte[HeaderSize + chunk.Payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), chunk.Payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(12), chunk.Count);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(16), stream);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(24), sequence);
        chunk.Payload.Span.CopyTo(frame.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Checksum(frame.AsSpan(8)));
        return frame;
    }

    /// <summary>Whether the bytes are the frame that the index row speaks of, undamaged.</summary>
    internal static bool IsIntact(ReadOnlySpan<byte> frame, ChunkRow row) =>
        frame.Length == row.Length
        && frame.Length >= HeaderSize
        && BinaryPrimitives.ReadUInt32LittleEndian(frame) == Mark
        && BinaryPrimitives.ReadInt64LittleEndian(frame[16..]) == row.Stream
        && BinaryPrimitives.ReadInt64LittleEndian(frame[24..]) == row.Sequence
        && BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) == Checksum(frame[8..]);

    /// <summary>CRC-32C, by the processor's own instruction where it has one.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
