using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Text;

namespace Fogbank.Wire.Json;

/// <summary>Values out of a JSON body that has been read whole.</summary>
/// <remarks>
/// The platform's tokenizer is a ref struct, so it is made again for each token from its saved state; it checks syntax, depth and encoding.
/// The saved position stands always before the next value.
/// </remarks>
internal sealed class JsonSource(ReadOnlyMemory<byte> body) : ValueSource
{
    /// <summary>Deeper than any AWS model goes by itself; recursive ones are cut here.</summary>
    private const int MaxDepth = 64;

    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = MaxDepth });
    private int _position;
    private int _opened;
    private bool _skippedNull;

    public override bool Next(ShapeSchema schema, ref int member)
    {
        var reader = Open();
        if (member < 0)
        {
            Read(ref reader);
            Expect(ref reader, JsonTokenType.StartObject);
        }

        while (true)
        {
            Read(ref reader);
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                Keep(ref reader);
                return false;
            }

            var index = Find(schema, ref reader);
            if (index < 0)
            {
                Skip(ref reader);
            }
            else if (IsNull(ref reader))
            {
                Read(ref reader);
            }
            else
            {
                Keep(ref reader);
                member = index;
                return true;
            }
        }
    }

    public override bool NextItem(TypeSchema list, ref int item)
    {
        var reader = Open();
        if (item < 0)
        {
            Read(ref reader);
            Expect(ref reader, JsonTokenType.StartArray);
        }

        while (true)
        {
            // Looks at the token and, unless it ends the list, stays before it.
            Keep(ref reader);
            Read(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                Keep(ref reader);
                return false;
            }

            if (reader.TokenType != JsonTokenType.Null)
            {
                item++;
                return true;
            }

            _skippedNull = true;
            Keep(ref reader);
            reader = Open();
        }
    }

    public override bool NextEntry(TypeSchema map, ref int entry, out string key)
    {
        var reader = Open();
        if (entry < 0)
        {
            Read(ref reader);
            Expect(ref reader, JsonTokenType.StartObject);
        }

        while (true)
        {
            Read(ref reader);
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                Keep(ref reader);
                key = "";
                return false;
            }

            key = Text(ref reader);
            if (!IsNull(ref reader))
            {
                Keep(ref reader);
                entry++;
                return true;
            }

            Read(ref reader);
            _skippedNull = true;
        }
    }

    public override bool TakeSkippedNull()
    {
        var skipped = _skippedNull;
        _skippedNull = false;
        return skipped;
    }

    public override string String(TypeSchema type)
    {
        var reader = Take();
        return reader.TokenType == JsonTokenType.String ? Text(ref reader) : throw Mismatch(ref reader, "String");
    }

    public override bool Boolean(TypeSchema type)
    {
        var reader = Take();
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Mismatch(ref reader, "Boolean"),
        };
    }

    public override int Int32(TypeSchema type)
    {
        var reader = Take();
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt32(out var value))
            {
                return value;
            }

            if (reader.TryGetDouble(out var real) && Math.Truncate(real) is >= int.MinValue and <= int.MaxValue)
            {
                return (int)real;
            }
        }

        throw Mismatch(ref reader, "Integer");
    }

    public override long Int64(TypeSchema type)
    {
        var reader = Take();
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var value))
            {
                return value;
            }

            // 2^63 itself is the first double that a long cannot hold.
            if (reader.TryGetDouble(out var real) && real is >= long.MinValue and < 9_223_372_036_854_775_808d)
            {
                return (long)real;
            }
        }

        throw Mismatch(ref reader, "Long");
    }

    public override double Double(TypeSchema type)
    {
        var reader = Take();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value))
        {
            return value;
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            switch (Text(ref reader))
            {
                case "NaN":
                    return double.NaN;
                case "Infinity":
                    return double.PositiveInfinity;
                case "-Infinity":
                    return double.NegativeInfinity;
            }
        }

        throw Mismatch(ref reader, "Double");
    }

    public override ReadOnlyMemory<byte> Blob(TypeSchema type)
    {
        var reader = Take();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Mismatch(ref reader, "Blob");
        }

        try
        {
            return reader.TryGetBytesFromBase64(out var value) ? value : throw new WireFormatException("A blob is not valid base64.");
        }
        catch (InvalidOperationException e)
        {
            throw Malformed(e);
        }
    }

    public override DateTimeOffset Timestamp(TypeSchema type)
    {
        var reader = Take();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds)
            && Timestamps.TryFromSeconds(seconds, out var value))
        {
            return value;
        }

        return reader.TokenType == JsonTokenType.String && Timestamps.TryParse(Text(ref reader), out value)
            ? value
            : throw Mismatch(ref reader, "Date");
    }

    public override JsonElement Document(TypeSchema type)
    {
        var reader = Open();
        Read(ref reader);
        try
        {
            var element = JsonElement.ParseValue(ref reader);
            Keep(ref reader);
            return element;
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    public override void Finish()
    {
        var reader = Open();
        try
        {
            // At the end of the body this is false; anything but white space throws.
            if (!reader.Read())
            {
                return;
            }
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }

        throw new WireFormatException("The body goes on after its end.");
    }

    private static void Read(ref Utf8JsonReader reader)
    {
        try
        {
            if (reader.Read())
            {
                return;
            }
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }

        throw new WireFormatException("Unexpected end of the body.");
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        try
        {
            reader.Skip();
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType wanted)
    {
        if (reader.TokenType == wanted)
        {
            return;
        }

        throw reader.TokenType switch
        {
            JsonTokenType.StartArray => new WireFormatException("Start of list found where not expected"),
            JsonTokenType.StartObject => new WireFormatException("Start of structure or map found where not expected."),
            _ => new WireFormatException($"Unrecognized collection type class {JavaClass(reader.TokenType)}"),
        };
    }

    private static int Find(ShapeSchema schema, ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > 256)
        {
            return schema.IndexOf(Text(ref reader));
        }

        Span<char> name = stackalloc char[256];
        try
        {
            return schema.IndexOf(name[..reader.CopyString(name)]);
        }
        catch (InvalidOperationException e)
        {
            throw Malformed(e);
        }
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException e)
        {
            // Bytes that are no UTF-8, or half a surrogate pair.
            throw Malformed(e);
        }
    }

    private static WireFormatException Malformed(Exception e) => new("The request body is not valid JSON.", e);

    private static WireFormatException Mismatch(ref Utf8JsonReader reader, string target) => reader.TokenType switch
    {
        JsonTokenType.StartArray => new WireFormatException("Start of list found where not expected"),
        JsonTokenType.StartObject => new WireFormatException("Start of structure or map found where not expected."),
        _ => new WireFormatException($"class {JavaClass(reader.TokenType)} can not be converted to an {target}"),
    };

    /// <summary>AWS's framework names its own classes in these messages, and clients' users know them by that.</summary>
    private static string JavaClass(JsonTokenType token) => token switch
    {
        JsonTokenType.True or JsonTokenType.False => "java.lang.Boolean",
        JsonTokenType.Number => "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
        _ => "java.lang.String",
    };

    private Utf8JsonReader Open()
    {
        _opened = _position;
        return new Utf8JsonReader(body.Span[_position..], isFinalBlock: true, _state);
    }

    private Utf8JsonReader Take()
    {
        var reader = Open();
        Read(ref reader);
        Keep(ref reader);
        return reader;
    }

    private void Keep(ref Utf8JsonReader reader)
    {
        _position = _opened + (int)reader.BytesConsumed;
        _state = reader.CurrentState;
    }

    private bool IsNull(ref Utf8JsonReader reader)
    {
        var rest = body.Span[(_opened + (int)reader.BytesConsumed)..].TrimStart(" \t\r\n"u8);
        return rest.StartsWith("null"u8);
    }
}
