using System.Text.Json;
using Fogbank.Contracts;

namespace Fogbank.Services.Ecs.Store;

/// <summary>How instants are written.</summary>
internal enum TimeForm
{
    /// <summary>Seconds since 1970 with a fraction, as the API has them.</summary>
    Unix,

    /// <summary>ISO 8601, as events have them.</summary>
    Iso8601,
}

/// <summary>Shapes as JSON, by the model's names: for records and for the details of events.</summary>
internal sealed class ShapeJsonWriter(Utf8JsonWriter writer, TimeForm times) : ShapeWriter
{
    private ShapeSchema? _schema;

    internal void Write(Shape shape)
    {
        var outer = _schema;
        _schema = shape.GetSchema();
        writer.WriteStartObject();
        shape.WriteMembers(this);
        writer.WriteEndObject();
        _schema = outer;
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
        if (value is { } present)
        {
            Name(member);
            writer.WriteBooleanValue(present);
        }
    }

    public override void Int32(int member, int? value) => Int64(member, value);

    public override void Int64(int member, long? value)
    {
        if (value is { } present)
        {
            Name(member);
            writer.WriteNumberValue(present);
        }
    }

    public override void Single(int member, float? value)
    {
        if (value is { } present)
        {
            Name(member);
            writer.WriteNumberValue(present);
        }
    }

    public override void Double(int member, double? value)
    {
        if (value is { } present)
        {
            Name(member);
            writer.WriteNumberValue(present);
        }
    }

    public override void Blob(int member, ReadOnlyMemory<byte>? value)
    {
        if (value is { } present)
        {
            Name(member);
            writer.WriteBase64StringValue(present.Span);
        }
    }

    public override void Timestamp(int member, DateTimeOffset? value)
    {
        if (value is not { } present)
        {
            return;
        }

        Name(member);
        if (times == TimeForm.Unix)
        {
            writer.WriteNumberValue(present.ToUnixTimeMilliseconds() / 1000m);
        }
        else
        {
            writer.WriteStringValue(present.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    public override void Document(int member, JsonElement? value)
    {
        if (value is { ValueKind: not JsonValueKind.Undefined } present)
        {
            Name(member);
            present.WriteTo(writer);
        }
    }

    public override void Stream(int member, Stream? value) => throw new NotSupportedException("A stream cannot be stored.");

    public override void Shape(int member, Shape? value)
    {
        if (value is not null)
        {
            Name(member);
            Write(value);
        }
    }

    public override void List<T>(int member, IReadOnlyList<T>? value, Action<ShapeWriter, T> writeItem)
    {
        if (value is null)
        {
            return;
        }

        Name(member);
        writer.WriteStartArray();
        foreach (var item in value)
        {
            writeItem(this, item);
        }

        writer.WriteEndArray();
    }

    public override void Map<T>(int member, IReadOnlyDictionary<string, T>? value, Action<ShapeWriter, T> writeValue)
    {
        if (value is null)
        {
            return;
        }

        Name(member);
        writer.WriteStartObject();
        foreach (var (key, entry) in value)
        {
            writer.WritePropertyName(key);
            writeValue(this, entry);
        }

        writer.WriteEndObject();
    }

    private void Name(int member)
    {
        if (member != Element)
        {
            writer.WritePropertyName(_schema!.Members[member].WireName);
        }
    }
}
