using System.Text;
using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Microsoft.Extensions.Primitives;

namespace Fogbank.Wire.Rest;

/// <summary>
/// The outermost structure of a REST answer: sends what is bound to status and headers there, what belongs to the body to the writer of the
/// body's syntax, and keeps a payload for its caller.
/// </summary>
internal sealed class RestShapeWriter(ShapeSchema schema, IWireResponse response, ShapeWriter body) : ShapeWriter
{
    private readonly TextCollector _text = new();

    /// <summary>A payload that is bytes or text.</summary>
    public ReadOnlyMemory<byte>? PayloadBytes { get; private set; }

    public Stream? PayloadStream { get; private set; }

    public Shape? PayloadShape { get; private set; }

    public JsonElement? PayloadDocument { get; private set; }

    public override void String(int member, string? value)
    {
        var schemaOfMember = schema.Members[member];
        if (value is null)
        {
            return;
        }

        switch (schemaOfMember.Location)
        {
            case var location when IsInBody(location):
                body.String(member, value);
                break;
            case WireLocation.Payload:
                PayloadBytes = Encoding.UTF8.GetBytes(value);
                break;
            case WireLocation.Header when schemaOfMember.IsJsonValue:
                Header(schemaOfMember.WireName, Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
                break;
            default:
                Scalar(member, static (writer, v) => writer.String(Element, v), value);
                break;
        }
    }

    public override void Boolean(int member, bool? value)
    {
        if (IsBody(member))
        {
            body.Boolean(member, value);
        }
        else
        {
            Scalar(member, static (writer, v) => writer.Boolean(Element, v), value);
        }
    }

    public override void Int32(int member, int? value)
    {
        if (IsBody(member))
        {
            body.Int32(member, value);
        }
        else if (schema.Members[member].Location == WireLocation.Status)
        {
            response.Status = value ?? response.Status;
        }
        else
        {
            Scalar(member, static (writer, v) => writer.Int32(Element, v), value);
        }
    }

    public override void Int64(int member, long? value)
    {
        if (IsBody(member))
        {
            body.Int64(member, value);
        }
        else
        {
            Scalar(member, static (writer, v) => writer.Int64(Element, v), value);
        }
    }

    public override void Single(int member, float? value)
    {
        if (IsBody(member))
        {
            body.Single(member, value);
        }
        else
        {
            Scalar(member, static (writer, v) => writer.Single(Element, v), value);
        }
    }

    public override void Double(int member, double? value)
    {
        if (IsBody(member))
        {
            body.Double(member, value);
        }
        else
        {
            Scalar(member, static (writer, v) => writer.Double(Element, v), value);
        }
    }

    public override void Blob(int member, ReadOnlyMemory<byte>? value)
    {
        if (IsBody(member))
        {
            body.Blob(member, value);
        }
        else if (schema.Members[member].Location == WireLocation.Payload)
        {
            PayloadBytes = value;
        }
        else
        {
            Scalar(member, static (writer, v) => writer.Blob(Element, v), value);
        }
    }

    public override void Timestamp(int member, DateTimeOffset? value)
    {
        if (IsBody(member))
        {
            body.Timestamp(member, value);
        }
        else
        {
            Scalar(member, static (writer, v) => writer.Timestamp(Element, v), value);
        }
    }

    public override void Document(int member, JsonElement? value)
    {
        if (IsBody(member))
        {
            body.Document(member, value);
        }
        else
        {
            PayloadDocument = value;
        }
    }

    public override void Stream(int member, Stream? value) => PayloadStream = value;

    public override void Shape(int member, Shape? value)
    {
        if (IsBody(member))
        {
            body.Shape(member, value);
        }
        else
        {
            PayloadShape = value;
        }
    }

    public override void List<T>(int member, IReadOnlyList<T>? value, Action<ShapeWriter, T> writeItem)
    {
        if (IsBody(member))
        {
            body.List(member, value, writeItem);
        }
        else if (value is { Count: > 0 })
        {
            var type = schema.Members[member].Type.Element!;
            _text.Begin(type);
            foreach (var item in value)
            {
                writeItem(_text, item);
            }

            Header(schema.Members[member].WireName, HeaderLists.Join(_text.Items, type.Kind));
        }
    }

    public override void Map<T>(int member, IReadOnlyDictionary<string, T>? value, Action<ShapeWriter, T> writeValue)
    {
        if (IsBody(member))
        {
            body.Map(member, value, writeValue);
        }
        else if (value is not null)
        {
            foreach (var (key, entry) in value)
            {
                _text.Begin(schema.Members[member].Type.Element!);
                writeValue(_text, entry);
                Header(schema.Members[member].WireName + key, string.Join(", ", _text.Items));
            }
        }
    }

    /// <summary>Whether the answer has an ordinary body.</summary>
    public static bool HasBody(ShapeSchema schema) =>
        schema.PayloadMember < 0 && (schema.HasBodyMembers || schema.Members.Any(member => IsInBody(member.Location)));

    /// <summary>An answer has neither path nor query: what an input sends there, an output of the same shape sends in its body.</summary>
    private static bool IsInBody(WireLocation location) =>
        location is WireLocation.Body or WireLocation.Uri or WireLocation.Query or WireLocation.QueryMap;

    private bool IsBody(int member) => IsInBody(schema.Members[member].Location);

    private void Scalar<T>(int member, Action<ShapeWriter, T> write, T value)
    {
        _text.Begin(schema.Members[member].Type);
        write(_text, value);
        if (_text.Items.Count > 0)
        {
            Header(schema.Members[member].WireName, _text.Items[0]);
        }
    }

    private void Header(string name, string value) => response.Headers[name] = new StringValues(HeaderText.Safe(value));
}
