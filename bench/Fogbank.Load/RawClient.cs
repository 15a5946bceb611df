using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Load;

/// <summary>
/// One kept connection on which whole requests are written and whole answers read, blocking. As thin as can be: on a machine of two cores the
/// client's work is a part of what is measured.
/// </summary>
internal sealed class RawClient(int port) : IDisposable
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly Socket _socket = Connect(port);
    private int _start;
    private int _end;

    public static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    /// <summary>A request with a SigV4 signature, as an SDK sends it.</summary>
    public static byte[] Sign(int port, string service, string method, string target, string body, string contentType, params (string Name, string Value)[] headers)
    {
        const string region = "us-east-1";
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var amzDate = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var date = amzDate[..8];
        var host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var hash = Hex(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var query = mark < 0 ? "" : target[(mark + 1)..];
        const string signed = "host;x-amz-content-sha256;x-amz-date";
        var canonical = $"{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{hash}\nx-amz-date:{amzDate}\n\n{signed}\n{hash}";
        var scope = $"{date}/{region}/{service}/aws4_request";
        var text = $"AWS4-HMAC-SHA256\n{amzDate}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4test");
        foreach (var part in (string[])[date, region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: {host}\r\nX-Amz-Date: {amzDate}\r\nX-Amz-Content-Sha256: {hash}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Authorization: AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders={signed}, Signature={signature}\r\n");
        head.Append("User-Agent: fogbank-load/1.0\r\nAccept-Encoding: identity\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return Encoding.UTF8.GetBytes(head.Append("\r\n").Append(body).ToString());
    }

    /// <summary>Sends and waits for the whole answer; its body is valid until the next call.</summary>
    public (int Status, ReadOnlyMemory<byte> Body) Exchange(ReadOnlySpan<byte> request)
    {
        var sent = 0;
        while (sent < request.Length)
        {
            sent += _socket.Send(request[sent..]);
        }

        _start = _end = 0;
        int head;
        while ((head = _buffer.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            Receive();
        }

        if (!Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _))
        {
            throw new IOException("The answer is no HTTP.");
        }

        _start = head + 4;
        var headers = _buffer.AsSpan(0, head);
        var length = Header(headers, "content-length: "u8);
        if (length < 0)
        {
            return (status, ReadChunks(headers));
        }

        while (_end - _start < length)
        {
            Receive();
        }

        return (status, _buffer.AsMemory(_start, length));
    }

    /// <summary>Sends what must succeed.</summary>
    public string Expect(byte[] request)
    {
        var (status, body) = Exchange(request);
        var text = Encoding.UTF8.GetString(body.Span);
        return status is >= 200 and < 300 ? text : throw new InvalidOperationException($"{status}: {text}");
    }

    public void Dispose() => _socket.Dispose();

    private static int Header(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        var rest = headers;
        while (rest.IndexOf("\r\n"u8) is >= 0 and var end)
        {
            rest = rest[(end + 2)..];
            if (rest.Length > name.Length && Ascii.EqualsIgnoreCase(rest[..name.Length], name)
                && Utf8Parser.TryParse(rest[name.Length..], out int value, out _))
            {
                return value;
            }
        }

        return -1;
    }

    private ReadOnlyMemory<byte> ReadChunks(ReadOnlySpan<byte> headers)
    {
        if (Encoding.ASCII.GetString(headers).Contains(" 204 ", StringComparison.Ordinal))
        {
            return default;
        }

        var body = new MemoryStream();
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            {
                Receive();
            }

            if (!Utf8Parser.TryParse(_buffer.AsSpan(_start, line), out int size, out _, 'x'))
            {
                throw new IOException("The answer is no HTTP.");
            }

            _start += line + 2;
            while (_end - _start < size + 2)
            {
                Receive();
            }

            body.Write(_buffer, _start, size);
            _start += size + 2;
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private void Receive()
    {
        var count = _socket.Receive(_buffer.AsSpan(_end));
        if (count == 0)
        {
            throw new IOException("The server closed the connection.");
        }

        _end += count;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
