using System.Text.Encodings.Web;
using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Text;

namespace Fogbank.Wire.Json;

/// <summary>Shapes as JSON.</summary>
internal sealed class JsonShapeWriter(Utf8JsonWriter writer) : ShapeWriter
{
    /// <summary>AWS escapes what JSON demands and nothing else.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private ShapeSchema? _schema;
    private TypeSchema? _element;

    /// <summary>Begins the outermost structure; its members may then be written one by one.</summary>
    public void Begin(ShapeSchema schema)
    {
        _schema = schema;
        writer.WriteStartObject();
    }

    public void End() => writer.WriteEndObject();

    public void WriteWhole(Shape shape)
    {
        Begin(shape.GetSchema());
        shape.WriteMembers(this);
        End();
    }

    public override void String(int member, string? value)
    {
        if (value is not null)
        {
            Name(member);
            writer.WriteStringValue(value);
        }
    }

    public override void Boolean(int member, bool? value)
    {
        if (value is { } v)
        {
            Name(member);
            writer.WriteBooleanValue(v);
        }
    }

    public override void Int32(int member, int? value)
    {
        if (value is { } v)
        {
            Name(member);
            writer.WriteNumberValue(v);
        }
    }

    public override void Int64(int member, long? value)
    {
        if (value is { } v)
        {
            Name(member);
            writer.WriteNumberValue(v);
        }
    }

    public override void Single(int member, float? value)
    {
        if (value is not { } v)
        {
            return;
        }

        Name(member);
        if (float.IsFinite(v))
        {
            writer.WriteNumberValue(v);
        }
        else
        {
            writer.WriteStringValue(Scalars.Format(v));
        }
    }

    public override void Double(int member, double? value)
    {
        if (value is not { } v)
        {
            return;
        }

        Name(member);
        if (double.IsFinite(v))
        {
            writer.WriteNumberValue(v);
        }
        else
        {
            writer.WriteStringValue(Scalars.Format(v));
        }
    }

    public override void Blob(int member, ReadOnlyMemory<byte>? value)
    {
        if (value is { } v)
        {
            Name(member);
            writer.WriteBase64StringValue(v.Span);
        }
    }

    public override void Timestamp(int member, DateTimeOffset? value)
    {
        if (value is not { } v)
        {
            return;
        }

        var format = TypeOf(member).TimestampFormat;
        var text = Timestamps.Format(v, format, TimestampFormat.UnixSeconds);
        Name(member);
        if (format is TimestampFormat.Default or TimestampFormat.UnixSeconds)
        {
            writer.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    public override void Document(int member, JsonElement? value)
    {
        if (value is { ValueKind: not JsonValueKind.Undefined } v)
        {
            Name(member);
            v.WriteTo(writer);
        }
    }

    public override void Stream(int member, Stream? value) => throw new InvalidOperationException("A stream stands alone in the body.");

    public override void Shape(int member, Shape? value)
    {
        if (value is null)
        {
            return;
        }

        Name(member);
        var (schema, element) = (_schema, _element);
        WriteWhole(value);
        (_schema, _element) = (schema, element);
    }

    public override void List<T>(int member, IReadOnlyList<T>? value, Action<ShapeWriter, T> writeItem)
    {
        if (value is null)
        {
            return;
        }

        var outer = _element;
        var list = TypeOf(member);
        Name(member);
        writer.WriteStartArray();
        _element = list.Element;
        for (var i = 0; i < value.Count; i++)
        {
            writeItem(this, value[i]);
        }

        _element = outer;
        writer.WriteEndArray();
    }

    public override void Map<T>(int member, IReadOnlyDictionary<string, T>? value, Action<ShapeWriter, T> writeValue)
    {
        if (value is null)
        {
            return;
        }

        var outer = _element;
        var map = TypeOf(member);
        Name(member);
        writer.WriteStartObject();
        _element = map.Element;
        foreach (var (key, entry) in value)
        {
            writer.WritePropertyName(key);
            writeValue(this, entry);
        }

        _element = outer;
        writer.WriteEndObject();
    }

    private TypeSchema TypeOf(int member) => member == Element ? _element! : _schema!.Members[member].Type;

    private void Name(int member)
    {
        if (member != Element)
        {
            writer.WritePropertyName(_schema!.Members[member].WireName);
        }
    }
}
