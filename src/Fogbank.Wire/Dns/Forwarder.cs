using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Fogbank.Wire.Dns;

/// <summary>Asks other resolvers. Every question goes by a socket and a number of its own, so that no answer can be guessed.</summary>
internal sealed class Forwarder(Func<IReadOnlyList<IPEndPoint>> resolvers, TimeProvider time)
{
    private static readonly TimeSpan DatagramLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionLimit = TimeSpan.FromSeconds(5);

    // Each holds a socket for as long as the slowest resolver takes.
    private const int MaxAtOnce = 512;

    private int _atOnce;

    /// <summary>The answer, or a failure made of the query when none of the resolvers answered in time.</summary>
    internal async Task<byte[]> AskAsync(ReadOnlyMemory<byte> query, bool byConnection, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _atOnce) > MaxAtOnce)
            {
                return DnsMessage.Failure(query.Span, DnsMessage.ServerFailure);
            }
            foreach (var resolver in resolvers())
            {
                using CancellationTokenSource limit = new(byConnection ? ConnectionLimit : DatagramLimit, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                try
                {
                    return byConnection ? await ConnectAsync(resolver, query, either.Token) : await SendAsync(resolver, query, either.Token);
                }
                catch (Exception error) when (error is SocketException or IOException
                    || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    // The next one may know.
                }
            }
            return DnsMessage.Failure(query.Span, DnsMessage.ServerFailure);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }

    private static async Task<byte[]> SendAsync(IPEndPoint resolver, ReadOnlyMemory<byte> query, CancellationToken cancellationToken)
    {
        using Socket socket = new(resolver.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(resolver, cancellationToken);
        var own = Renumbered(query.Span);
        await socket.SendAsync(own, cancellationToken);
        var buffer = new byte[DnsMessage.MaxSize];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (IsAnswer(own, buffer.AsSpan(0, length)))
            {
                return WithNumberOf(query.Span, buffer.AsSpan(0, length));
            }
        }
    }

    private static async Task<byte[]> ConnectAsync(IPEndPoint resolver, ReadOnlyMemory<byte> query, CancellationToken cancellationToken)
    {
        using Socket socket = new(resolver.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(resolver, cancellationToken);
        var own = Renumbered(query.Span);
        await using NetworkStream stream = new(socket, ownsSocket: false);
        await DnsStream.WriteAsync(stream, own, cancellationToken);
        var answer = await DnsStream.ReadAsync(stream, cancellationToken);
        return answer is not null && IsAnswer(own, answer) ? WithNumberOf(query.Span, answer) : throw new IOException("No answer to what was asked.");
    }

    private static bool IsAnswer(ReadOnlySpan<byte> query, ReadOnlySpan<byte> answer) =>
        answer.Length >= DnsMessage.HeaderSize && answer[..2].SequenceEqual(query[..2]) && (answer[2] & 0x80) != 0
        && (DnsMessage.ReadQuestion(query) is not { End: var end } || BinaryPrimitives.ReadUInt16BigEndian(answer[4..]) == 0
            || (answer.Length >= end && System.Text.Ascii.EqualsIgnoreCase(answer[DnsMessage.HeaderSize..end], query[DnsMessage.HeaderSize..end])));

    private static byte[] Renumbered(ReadOnlySpan<byte> query)
    {
        var own = query.ToArray();
        RandomNumberGenerator.Fill(own.AsSpan(0, 2));
        return own;
    }

    private static byte[] WithNumberOf(ReadOnlySpan<byte> query, ReadOnlySpan<byte> answer)
    {
        var copy = answer.ToArray();
        query[..2].CopyTo(copy);
        return copy;
    }
}
