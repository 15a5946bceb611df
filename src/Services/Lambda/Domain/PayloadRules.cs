using System.Text.Json;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>What an invocation may carry.</summary>
internal static class PayloadRules
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 1000 };

    /// <summary>An empty payload reaches the function as an empty object.</summary>
    internal static readonly ReadOnlyMemory<byte> Empty = "{}"u8.ToArray();

    /// <summary>Checks size and JSON; gives the payload that the function sees.</summary>
    internal static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> payload, bool isEvent)
    {
        var limit = isEvent ? CodeLimits.AsyncPayloadBytes : CodeLimits.SyncPayloadBytes;
        if (payload.Length > limit)
        {
            throw LambdaErrors.PayloadTooLarge(payload.Length, isEvent ? "Event" : "RequestResponse", limit);
        }

        if (payload.IsEmpty)
        {
            return Empty;
        }

        try
        {
            var reader = new Utf8JsonReader(payload.Span, Strict);
            while (reader.Read())
            {
                // Reading it through is the check.
            }

            // The reader leaves the bytes of strings unchecked.
            if (!System.Text.Unicode.Utf8.IsValid(payload.Span))
            {
                throw LambdaErrors.InvalidPayload("Invalid UTF-8 in a string");
            }
        }
        catch (JsonException invalid)
        {
            throw LambdaErrors.InvalidPayload(Describe(payload.Span, invalid));
        }

        return payload;
    }

    private static string Describe(ReadOnlySpan<byte> payload, JsonException invalid)
    {
        var line = (invalid.LineNumber ?? 0) + 1;
        var column = (invalid.BytePositionInLine ?? 0) + 1;
        var at = $"\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {line}, column: {column}]";
        var position = Position(payload, line, column);
        if (position >= payload.Length)
        {
            return $"Unexpected end-of-input{at}";
        }

        var b = payload[position];
        return b switch
        {
            >= 0x80 => $"Invalid UTF-8 start byte 0x{b:x}{at}",
            < 0x20 => $"Unexpected character ((CTRL-CHAR, code {b})): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false'){at}",
            _ => $"Unexpected character ('{(char)b}' (code {b})): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false'){at}",
        };
    }

    private static int Position(ReadOnlySpan<byte> payload, long line, long column)
    {
        var start = 0;
        for (var i = 1; i < line; i++)
        {
            var next = payload[start..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            start += next + 1;
        }

        return (int)Math.Min(payload.Length, start + column - 1);
    }
}
