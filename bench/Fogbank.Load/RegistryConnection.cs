using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fogbank.Load;

/// <summary>One kept connection of a client that only copies: it hashes, compresses and stores nothing, so that the registry is what is measured.</summary>
internal sealed class RegistryConnection(int port) : IDisposable
{
    private readonly Socket _socket = RawClient.Connect(port);
    private readonly byte[] _buffer = new byte[256 * 1024];

    /// <summary>Sends a request and reads its answer; the body is read and dropped.</summary>
    public (int Status, string Location, long Bytes) Send(string method, string target, ReadOnlySpan<byte> body, string headers = "")
    {
        var location = target;
        if (Uri.TryCreate(target, UriKind.Absolute, out var absolute) && absolute.Scheme == "http")
        {
            location = absolute.PathAndQuery;
        }

        var length = method is "GET" or "HEAD" ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        Write(Encoding.ASCII.GetBytes($"{method} {location} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{length}{headers}\r\n"));
        Write(body);
        var (filled, head) = (0, -1);
        while (head < 0)
        {
            filled += Receive(_buffer.AsSpan(filled));
            head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }

        if (!Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _))
        {
            throw new IOException("The answer is no HTTP.");
        }

        var text = Encoding.ASCII.GetString(_buffer, 0, head + 2);
        var expected = method == "HEAD" || status == 204 ? 0 : long.Parse(Header(text, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
        for (var rest = expected - (filled - head - 4); rest > 0;)
        {
            rest -= Receive(_buffer.AsSpan(0, (int)Math.Min(rest, _buffer.Length)));
        }

        return (status, Header(text, "Location") ?? "", expected);
    }

    public void Expect(int status, string method, string target, ReadOnlySpan<byte> body, string headers = "")
    {
        var answer = Send(method, target, body, headers);
        if (answer.Status != status)
        {
            throw new InvalidOperationException($"{method} {target}: {answer.Status}");
        }
    }

    public void PushBlob(string repository, byte[] blob, string digest)
    {
        if (Send("HEAD", $"/v2/{repository}/blobs/{digest}", []).Status == 200)
        {
            return;
        }

        var place = Send("POST", $"/v2/{repository}/blobs/uploads/", []).Location;
        place = Send("PATCH", place, blob, "Content-Type: application/octet-stream\r\n").Location;
        Expect(201, "PUT", place + (place.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "digest=" + digest, []);
    }

    public void Dispose() => _socket.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private int Receive(Span<byte> target)
    {
        var count = _socket.Receive(target);
        return count > 0 ? count : throw new IOException("The server closed the connection.");
    }

    private static string? Header(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        at += name.Length + 4;
        return head[at..head.IndexOf("\r\n", at, StringComparison.Ordinal)];
    }
}
