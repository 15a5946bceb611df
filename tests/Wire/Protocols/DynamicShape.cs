using System.Text.Json;
using Fogbank.Contracts;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>A shape that knows its schema only at run time. Values are those that generated properties would hold.</summary>
internal sealed class DynamicShape(ShapeSchema schema) : Shape
{
    private readonly object?[] _values = new object?[schema.Members.Count];

    public object? this[int member]
    {
        get => _values[member];
        set => _values[member] = value;
    }

    public override ShapeSchema GetSchema() => schema;

    public static DynamicShape Read(ShapeReader reader, ShapeSchema schema)
    {
        var shape = new DynamicShape(schema);
        var member = -1;
        while (reader.Next(schema, ref member))
        {
            shape[member] = ReadValue(reader, schema.Members[member].Type);
        }

        return shape;
    }

    public override void WriteMembers(ShapeWriter writer)
    {
        foreach (var i in Enumerable.Range(0, _values.Length).OrderBy(i => schema.Members[i].IsXmlAttribute ? 0 : 1))
        {
            WriteValue(writer, i, schema.Members[i].Type, _values[i]);
        }
    }

    private static object ReadValue(ShapeReader reader, TypeSchema type) => type.Kind switch
    {
        WireKind.String => reader.String(),
        WireKind.Boolean => reader.Boolean(),
        WireKind.Int32 => reader.Int32(),
        WireKind.Int64 => reader.Int64(),
        WireKind.Single => reader.Single(),
        WireKind.Double => reader.Double(),
        WireKind.Blob => reader.Blob(),
        WireKind.Timestamp => reader.Timestamp(),
        WireKind.Document => reader.Document(),
        WireKind.Structure => Read(reader, type.Structure),
        WireKind.List => reader.List(r => (object?)ReadValue(r, type.Element!)),
        WireKind.Map => reader.Map(r => (object?)ReadValue(r, type.Element!)),
        _ => throw new InvalidOperationException(),
    };

    private static void WriteValue(ShapeWriter writer, int member, TypeSchema type, object? value)
    {
        switch (type.Kind)
        {
            case WireKind.String:
                writer.String(member, (string?)value);
                break;
            case WireKind.Boolean:
                writer.Boolean(member, (bool?)value);
                break;
            case WireKind.Int32:
                writer.Int32(member, (int?)value);
                break;
            case WireKind.Int64:
                writer.Int64(member, (long?)value);
                break;
            case WireKind.Single:
                writer.Single(member, (float?)value);
                break;
            case WireKind.Double:
                writer.Double(member, (double?)value);
                break;
            case WireKind.Blob:
                writer.Blob(member, (ReadOnlyMemory<byte>?)value);
                break;
            case WireKind.Timestamp:
                writer.Timestamp(member, (DateTimeOffset?)value);
                break;
            case WireKind.Document:
                writer.Document(member, (JsonElement?)value);
                break;
            case WireKind.Structure:
                writer.Shape(member, (DynamicShape?)value);
                break;
            case WireKind.List:
                writer.List(
                    member, (IReadOnlyList<object?>?)value, (w, item) => WriteValue(w, ShapeWriter.Element, type.Element!, item));
                break;
            case WireKind.Map:
                writer.Map(
                    member,
                    (IReadOnlyDictionary<string, object?>?)value,
                    (w, item) => WriteValue(w, ShapeWriter.Element, type.Element!, item));
                break;
            default:
                throw new InvalidOperationException();
        }
    }
}
