using System.Globalization;
using System.Text;
using System.Text.Json;
using Fogbank.Contracts;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Turns a vector's parameters or result into values, and values into text that can be compared.</summary>
internal static class VectorValues
{
    public static DynamicShape Shape(JsonElement json, ShapeSchema schema)
    {
        var shape = new DynamicShape(schema);
        foreach (var property in json.EnumerateObject())
        {
            for (var i = 0; i < schema.Members.Count; i++)
            {
                if (schema.Members[i].Name == property.Name)
                {
                    shape[i] = Value(property.Value, schema.Members[i].Type);
                }
            }
        }

        return shape;
    }

    public static object? Value(JsonElement json, TypeSchema type)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return type.Kind switch
        {
            WireKind.String => json.ValueKind == JsonValueKind.String ? json.GetString() : json.GetRawText(),
            WireKind.Boolean => json.GetBoolean(),
            WireKind.Int32 => json.GetInt32(),
            WireKind.Int64 => json.GetInt64(),
            WireKind.Single => (float)Real(json),
            WireKind.Double => Real(json),
            WireKind.Blob => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json.GetString()!),
            WireKind.Timestamp => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(json.GetDouble() * 1000)),
            WireKind.Document => json,
            WireKind.Structure => Shape(json, type.Structure),
            WireKind.List => json.EnumerateArray().Select(item => Value(item, type.Element!)).ToList(),
            WireKind.Map => json.EnumerateObject().ToDictionary(entry => entry.Name, entry => Value(entry.Value, type.Element!)),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>One text for one value: members and keys sorted, absent and null the same.</summary>
    public static string Print(object? value)
    {
        switch (value)
        {
            case DynamicShape shape:
                var schema = shape.GetSchema();
                return Braces(Enumerable.Range(0, schema.Members.Count).Where(i => shape[i] is not null)
                    .Select(i => (schema.Members[i].Name, shape[i])));
            case IReadOnlyDictionary<string, object?> map:
                return Braces(map.Select(entry => (entry.Key, entry.Value)));
            case IReadOnlyList<object?> list:
                return $"[{string.Join(", ", list.Select(Print))}]";
            case string text:
                return JsonSerializer.Serialize(text, VectorJson.Default.String);
            case ReadOnlyMemory<byte> bytes:
                return $"bytes({Convert.ToHexString(bytes.Span)})";
            case DateTimeOffset time:
                return $"time({time.ToUnixTimeMilliseconds()})";
            case JsonElement json:
                return $"document({Print(json)})";
            default:
                return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null";
        }
    }

    private static string Print(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(", ", json.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}: {Print(p.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(", ", json.EnumerateArray().Select(Print))}]",
        _ => json.GetRawText(),
    };

    private static string Braces(IEnumerable<(string Name, object? Value)> entries) =>
        $"{{{string.Join(", ", entries.OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => $"{e.Name}: {Print(e.Value)}"))}}}";

    private static double Real(JsonElement json) => json.ValueKind == JsonValueKind.Number ? json.GetDouble() : json.GetString() switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        _ => double.NegativeInfinity,
    };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class VectorJson : System.Text.Json.Serialization.JsonSerializerContext;
