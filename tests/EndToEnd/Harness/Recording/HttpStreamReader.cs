using System.Globalization;
using System.Text;

namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>Reads HTTP/1.1 messages out of one direction of a connection, piece by piece as the bytes pass.</summary>
/// <param name="onHead">A message's headers are complete.</param>
/// <param name="onEnd">A message is complete.</param>
/// <param name="hasBody">Whether the message with that start line may have a body.</param>
internal sealed class HttpStreamReader(Action<HttpMessage> onHead, Action<HttpMessage> onEnd, Func<HttpMessage, bool> hasBody)
{
    private readonly List<byte> _line = [];
    private readonly List<string> _head = [];
    private HttpMessage? _message;
    private Part _part = Part.Head;
    private long _left;

    private enum Part
    {
        Head,
        Body,
        BodyToEnd,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_part is Part.Body or Part.ChunkData or Part.BodyToEnd)
            {
                var take = _part == Part.BodyToEnd ? bytes.Length : (int)Math.Min(_left, bytes.Length);
                _message!.Append(bytes[..take]);
                bytes = bytes[take..];
                _left -= take;
                if (_left == 0 && _part == Part.Body)
                {
                    End();
                }
                else if (_left == 0 && _part == Part.ChunkData)
                {
                    _part = Part.ChunkEnd;
                }

                continue;
            }

            var newline = bytes.IndexOf((byte)'\n');
            if (newline < 0)
            {
                _line.AddRange(bytes);
                return;
            }

            _line.AddRange(bytes[..newline]);
            bytes = bytes[(newline + 1)..];
            var line = Encoding.Latin1.GetString([.. _line]).TrimEnd('\r');
            _line.Clear();
            Take(line);
        }
    }

    /// <summary>The connection ended: so does a body without a length.</summary>
    public void Close()
    {
        if (_part == Part.BodyToEnd)
        {
            End();
        }
    }

    private void Take(string line)
    {
        switch (_part)
        {
            case Part.Head when line.Length > 0:
                _head.Add(line);
                break;
            case Part.Head when _head.Count > 0:
                Begin();
                break;
            case Part.ChunkSize:
                _left = long.Parse(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                _part = _left == 0 ? Part.Trailer : Part.ChunkData;
                break;
            case Part.ChunkEnd:
                _part = Part.ChunkSize;
                break;
            case Part.Trailer when line.Length == 0:
                End();
                break;
        }
    }

    private void Begin()
    {
        var headers = _head.Skip(1)
            .Select(line => line.Split(':', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair.Length > 1 ? pair[1].Trim() : ""))
            .ToList();
        _message = new HttpMessage(_head[0], headers);
        _head.Clear();
        onHead(_message);
        if (!hasBody(_message))
        {
            End();
        }
        else if (_message.Header("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) is true)
        {
            _part = Part.ChunkSize;
        }
        else if (_message.Header("Content-Length") is { } length)
        {
            _left = long.Parse(length, CultureInfo.InvariantCulture);
            _part = Part.Body;
            if (_left == 0)
            {
                End();
            }
        }
        else if (_message.StartLine.StartsWith("HTTP/", StringComparison.Ordinal))
        {
            _left = long.MaxValue;
            _part = Part.BodyToEnd;
        }
        else
        {
            End();
        }
    }

    private void End()
    {
        _part = Part.Head;
        onEnd(_message!);
    }
}
