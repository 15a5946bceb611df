using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Fogbank.Wire.Hosting;

/// <summary>
/// Tells HTTP/1.1, HTTP/2 with prior knowledge and TLS apart by the first bytes of a connection. The server's own pipeline on a plain port
/// speaks HTTP/1.1 only, so each protocol has a pipeline of its own, between which this chooses.
/// </summary>
internal static class ProtocolSwitch
{
    private const byte TlsHandshake = 0x16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(130);

    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0"u8;

    private static ReadOnlySpan<byte> TlsRefusal =>
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 68\r\nConnection: close\r\n\r\nFogbank does not speak TLS on this port yet: use http:// to reach it"u8;

    public static ConnectionDelegate Create(ConnectionDelegate http1, Func<ConnectionDelegate?> http2) => async connection =>
    {
        switch (await PeekAsync(connection))
        {
            case FirstBytes.Http2 when http2() is { } pipeline:
                await pipeline(connection);
                break;
            case FirstBytes.Tls:
                // The place of TLS: an SslStream around the transport, then the pipeline that ALPN chose.
                await connection.Transport.Output.WriteAsync(TlsRefusal.ToArray(), connection.ConnectionClosed);
                await connection.Transport.Output.CompleteAsync();
                break;
            case FirstBytes.None:
                break;
            default:
                if (connection.Features.Get<ListenerIdentity>()?.First is not { } first || !await IsOverAfterAsync(first, connection))
                {
                    await http1(connection);
                }

                break;
        }
    };

    private static async ValueTask<bool> IsOverAfterAsync(
        Func<System.IO.Pipelines.IDuplexPipe, CancellationToken, ValueTask<bool>> first, ConnectionContext connection)
    {
        try
        {
            return await first(connection.Transport, connection.ConnectionClosed);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return true;
        }
    }

    private enum FirstBytes
    {
        None,
        Http1,
        Http2,
        Tls,
    }

    private static async ValueTask<FirstBytes> PeekAsync(ConnectionContext connection)
    {
        // The server's own patience begins with its first read, so the wait for the first byte needs one of its own. Not linked to the
        // connection's end, which is also told when the client has merely said all it had to say: that would drop a request already here.
        using var patience = new CancellationTokenSource(Patience);
        var input = connection.Transport.Input;
        while (true)
        {
            System.IO.Pipelines.ReadResult result;
            try
            {
                result = await input.ReadAsync(patience.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                return FirstBytes.None;
            }

            var kind = Judge(result.Buffer);

            // Nothing is taken: whoever serves the connection sees its first byte.
            input.AdvanceTo(result.Buffer.Start, kind is null ? result.Buffer.End : result.Buffer.Start);
            if (kind is not null || result.IsCompleted)
            {
                return kind ?? (result.Buffer.IsEmpty ? FirstBytes.None : FirstBytes.Http1);
            }
        }
    }

    private static FirstBytes? Judge(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return null;
        }

        Span<byte> first = stackalloc byte[Http2Preface.Length];
        first = first[..(int)Math.Min(first.Length, buffer.Length)];
        buffer.Slice(0, first.Length).CopyTo(first);
        if (first[0] == TlsHandshake)
        {
            return FirstBytes.Tls;
        }

        if (!Http2Preface.StartsWith(first))
        {
            return FirstBytes.Http1;
        }

        return first.Length == Http2Preface.Length ? FirstBytes.Http2 : null;
    }
}
