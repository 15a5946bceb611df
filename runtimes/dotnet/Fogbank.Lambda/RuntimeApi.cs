using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fogbank.Lambda;

/// <summary>
/// The Runtime API (2018-06-01) over one kept connection. A blocking socket instead of HttpClient, whose assemblies take
/// longer to load than everything else in the start of a function.
/// </summary>
internal sealed class RuntimeApi(string address) : IDisposable
{
    // Answers up to this size travel in the same segment as the request for the next event.
    private const int PipelineLimit = 60_000;
    private const int MaxHeadBytes = 1 << 20;

    private readonly string _tail = $" HTTP/1.1\r\nHost: {address}\r\n";
    private byte[] _pending = [];
    private byte[] _buffer = new byte[16 * 1024];
    private int _filled;
    private Socket? _socket;

    /// <summary>Waits for the next event.</summary>
    public RuntimeAnswer Next()
    {
        var ask = Encoding.Latin1.GetBytes($"GET /2018-06-01/runtime/invocation/next{_tail}\r\n");
        var answers = _pending.Length > 0 ? 2 : 1;
        byte[] request = [.. _pending, .. ask];
        _pending = [];
        var answer = Exchange(request, answers);
        return answer.Status == 200 ? answer : throw new IOException($"The Runtime API answered {answer.Status} to next.");
    }

    public void Respond(string requestId, ReadOnlySpan<byte> body) =>
        Post(Request($"/2018-06-01/runtime/invocation/{requestId}/response", body, null));

    public void Fail(string requestId, ReadOnlySpan<byte> body, string errorType) =>
        Post(Request($"/2018-06-01/runtime/invocation/{requestId}/error", body, errorType));

    public void FailInit(ReadOnlySpan<byte> body, string errorType) =>
        Exchange(Request("/2018-06-01/runtime/init/error", body, errorType), 1);

    public void Dispose() => _socket?.Dispose();

    private void Post(byte[] request)
    {
        if (request.Length <= PipelineLimit)
        {
            _pending = request;
            return;
        }

        try
        {
            Exchange(request, 1);
        }
        catch (IOException)
        {
            // Refused (413) before it was read: the API has failed the invocation itself, and the next one may come.
        }
    }

    private byte[] Request(string path, ReadOnlySpan<byte> body, string? errorType)
    {
        var head = $"POST {path}{_tail}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n";
        if (errorType is not null)
        {
            // A class name may hold anything, a header field may not.
            var safe = string.Concat(errorType.Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
            head += $"Lambda-Runtime-Function-Error-Type: {safe}\r\n";
        }

        return [.. Encoding.Latin1.GetBytes(head + "\r\n"), .. body];
    }

    private RuntimeAnswer Exchange(byte[] request, int answers)
    {
        // A connection closed between two events is opened once more; a repeated answer is refused there, harmlessly.
        if (TryExchange(request, answers, out var answer) || TryExchange(request, answers, out answer))
        {
            return answer;
        }

        throw new IOException("The Runtime API closed the connection.");
    }

    private bool TryExchange(byte[] request, int answers, [NotNullWhen(true)] out RuntimeAnswer? answer)
    {
        answer = null;
        try
        {
            var socket = _socket ??= Connect();
            for (var sent = 0; sent < request.Length;)
            {
                sent += socket.Send(request, sent, request.Length - sent, SocketFlags.None);
            }

            for (var i = 0; i < answers; i++)
            {
                answer = Read(socket);
            }

            return answer is not null;
        }
        catch (Exception error) when (error is SocketException or EndOfStreamException)
        {
            _socket?.Dispose();
            _socket = null;
            return false;
        }
    }

    private Socket Connect()
    {
        var colon = address.LastIndexOf(':');
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
        _filled = 0;
        return socket;
    }

    private RuntimeAnswer Read(Socket socket)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_filled > MaxHeadBytes)
            {
                throw new IOException("The Runtime API sent an endless header.");
            }

            Receive(socket);
        }

        var lines = Encoding.UTF8.GetString(_buffer, 0, end).Split("\r\n");
        Consume(end + 4);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var body = headers.TryGetValue("Content-Length", out var length)
            ? ReadExactly(socket, int.Parse(length, CultureInfo.InvariantCulture))
            : string.Equals(headers.GetValueOrDefault("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase) ? ReadChunks(socket) : [];
        if (string.Equals(headers.GetValueOrDefault("Connection"), "close", StringComparison.OrdinalIgnoreCase))
        {
            socket.Dispose();
            _socket = null;
        }

        return new RuntimeAnswer(status, headers, body);
    }

    private byte[] ReadExactly(Socket socket, int length)
    {
        var body = new byte[length];
        var filled = Math.Min(_filled, length);
        _buffer.AsSpan(0, filled).CopyTo(body);
        Consume(filled);
        while (filled < length)
        {
            var count = socket.Receive(body, filled, length - filled, SocketFlags.None);
            filled += count > 0 ? count : throw new EndOfStreamException();
        }

        return body;
    }

    private byte[] ReadChunks(Socket socket)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(ReadLine(socket).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Write(ReadExactly(socket, size));
            var rest = ReadLine(socket);
            if (size == 0)
            {
                while (rest.Length > 0)
                {
                    rest = ReadLine(socket);
                }

                return body.ToArray();
            }
        }
    }

    private string ReadLine(Socket socket)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n"u8)) < 0)
        {
            Receive(socket);
        }

        var line = Encoding.Latin1.GetString(_buffer, 0, end);
        Consume(end + 2);
        return line;
    }

    private void Receive(Socket socket)
    {
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = socket.Receive(_buffer, _filled, _buffer.Length - _filled, SocketFlags.None);
        _filled += count > 0 ? count : throw new EndOfStreamException();
    }

    private void Consume(int count)
    {
        Buffer.BlockCopy(_buffer, count, _buffer, 0, _filled - count);
        _filled -= count;
    }
}
