using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>What a runtime sends in its loop.</summary>
internal enum RuntimeRequestKind
{
    /// <summary>Anything else, or not all of it is here: the server's.</summary>
    Other,

    /// <summary>The head of an answer is here, its body is still coming.</summary>
    Incomplete,

    Next,
    Response,
    Error,
}

/// <summary>One request in the form that runtime clients send. Whatever is unusual in it makes it <see cref="RuntimeRequestKind.Other"/>.</summary>
/// <param name="Kind">What it asks.</param>
/// <param name="RequestId">The event that is answered; empty for <see cref="RuntimeRequestKind.Next"/>.</param>
/// <param name="Head">Bytes before the body.</param>
/// <param name="Body">Bytes of the body.</param>
internal readonly record struct RuntimeRequest(RuntimeRequestKind Kind, string RequestId, int Head, int Body)
{
    /// <summary>Larger answers are not worth holding in the connection's buffers.</summary>
    internal const int MaxBody = 64 * 1024;

    private const int MaxHead = 4096;

    private static readonly SearchValues<byte> IdBytes = SearchValues.Create("0123456789abcdef-"u8);

    private static ReadOnlySpan<byte> NextLine => "GET /2018-06-01/runtime/invocation/next HTTP/1.1"u8;

    private static ReadOnlySpan<byte> AnswerStart => "POST /2018-06-01/runtime/invocation/"u8;

    private static ReadOnlySpan<byte> ResponseEnd => "/response HTTP/1.1"u8;

    private static ReadOnlySpan<byte> ErrorEnd => "/error HTTP/1.1"u8;

    internal static RuntimeRequest Parse(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            return Parse(buffer.FirstSpan, buffer.Length);
        }

        Span<byte> start = stackalloc byte[MaxHead];
        var length = (int)Math.Min(MaxHead, buffer.Length);
        buffer.Slice(0, length).CopyTo(start);
        return Parse(start[..length], buffer.Length);
    }

    private static RuntimeRequest Parse(ReadOnlySpan<byte> start, long available)
    {
        var end = start[..Math.Min(start.Length, MaxHead)].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return default;
        }

        var head = start[..end];
        var line = head.IndexOf("\r\n"u8);
        if (line < 0 || !TryReadHeaders(head[(line + 2)..], out var length))
        {
            return default;
        }

        var request = head[..line];
        if (request.SequenceEqual(NextLine))
        {
            return length is null or 0 ? new(RuntimeRequestKind.Next, "", end + 4, 0) : default;
        }

        if (length is not { } body || body > MaxBody || !request.StartsWith(AnswerStart))
        {
            return default;
        }

        var rest = request[AnswerStart.Length..];
        var kind = rest.EndsWith(ResponseEnd) ? RuntimeRequestKind.Response : rest.EndsWith(ErrorEnd) ? RuntimeRequestKind.Error : RuntimeRequestKind.Other;
        if (kind == RuntimeRequestKind.Other)
        {
            return default;
        }

        var id = rest[..^(kind == RuntimeRequestKind.Response ? ResponseEnd : ErrorEnd).Length];
        if (id.ContainsAnyExcept(IdBytes))
        {
            return default;
        }

        return available < end + 4 + body
            ? new(RuntimeRequestKind.Incomplete, "", end + 4, body)
            : new(kind, Encoding.ASCII.GetString(id), end + 4, body);
    }

    /// <summary>False for headers that change what the message is, and for anything malformed.</summary>
    private static bool TryReadHeaders(ReadOnlySpan<byte> headers, out int? length)
    {
        length = null;
        var hosts = 0;
        while (!headers.IsEmpty)
        {
            var end = headers.IndexOf("\r\n"u8);
            var line = end < 0 ? headers : headers[..end];
            headers = end < 0 ? [] : headers[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAny(" \t"u8) || line.ContainsAny("\r\n\0"u8))
            {
                return false;
            }

            var name = line[..colon];
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                var digits = line[(colon + 1)..].Trim((byte)' ');
                if (length is not null || !Utf8Parser.TryParse(digits, out int value, out var used) || used != digits.Length || value < 0 || digits[0] == '+')
                {
                    return false;
                }

                length = value;
            }
            else if (Ascii.EqualsIgnoreCase(name, "host"u8))
            {
                hosts++;
            }
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8)
                || Ascii.EqualsIgnoreCase(name, "connection"u8)
                || Ascii.EqualsIgnoreCase(name, "expect"u8)
                || Ascii.EqualsIgnoreCase(name, "trailer"u8)
                || Ascii.EqualsIgnoreCase(name, "te"u8)
                || Ascii.EqualsIgnoreCase(name, "upgrade"u8))
            {
                return false;
            }
        }

        return hosts == 1;
    }
}
