using System.Buffers.Binary;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>What stands before the payload of every message between region and warden.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Driver">Whose it is (<see cref="WardenDriver.Code"/>); 0 for the warden's own.</param>
/// <param name="Sequence">Ties an answer to its request; 0 for events.</param>
internal readonly record struct WardenHeader(WardenMessageType Type, byte Driver, long Sequence)
{
    internal const int Size = 10;

    internal byte[] Before(ReadOnlySpan<byte> payload)
    {
        var message = new byte[Size + payload.Length];
        message[0] = (byte)Type;
        message[1] = Driver;
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(2), Sequence);
        payload.CopyTo(message.AsSpan(Size));
        return message;
    }

    internal static WardenHeader Read(ReadOnlySpan<byte> message) =>
        new((WardenMessageType)message[0], message[1], BinaryPrimitives.ReadInt64LittleEndian(message[2..]));
}

internal enum WardenMessageType : byte
{
    /// <summary>Region to warden, first of each driver: what it must know before its first request.</summary>
    Setup = 1,
    Request,

    /// <summary>Answer to either.</summary>
    Reply,

    /// <summary>Answer to either that failed: one byte <see cref="EngineErrorKind"/>, then the message.</summary>
    Failure,

    /// <summary>Warden to region, unasked.</summary>
    Event,

    /// <summary>Region to warden, last: end what is ephemeral, and where its one byte is 0 what is durable, too. The answer has one byte: 1 where the warden stays for durable workloads.</summary>
    Leave,
}
