using System.Buffers.Binary;

namespace Fogbank.Wire.Dns;

/// <summary>Messages on a connection: each behind its length.</summary>
internal static class DnsStream
{
    /// <summary>The next message; null at the end.</summary>
    internal static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellationToken) < 2)
        {
            return null;
        }
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        return await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellationToken) == message.Length ? message : null;
    }

    internal static ValueTask WriteAsync(Stream stream, byte[] message, CancellationToken cancellationToken)
    {
        var framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return stream.WriteAsync(framed, cancellationToken);
    }
}
