using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Fogbank.Contracts;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Reads answers as a strict client does; written against the protocols' rules, sharing nothing with the codecs.</summary>
internal static class VectorClient
{
    public static DynamicShape Read(VectorApi api, RecordedResponse response)
    {
        var schema = api.Output!;
        var shape = new DynamicShape(schema);
        var protocol = api.Protocols[0];
        if (protocol is WireProtocol.Json10 or WireProtocol.Json11)
        {
            return FromJson(JsonElement.Parse(response.Text), schema);
        }

        if (protocol == WireProtocol.Query)
        {
            var root = XDocument.Parse(response.Text, LoadOptions.PreserveWhitespace).Root!;
            Assert.Equal(api.Operations[0].Name + "Response", root.Name.LocalName);
            Assert.Equal(response.RequestId, root.Descendants().Single(e => e.Name.LocalName == "RequestId").Value);
            return FromXml(root.Elements().Single(e => e.Name.LocalName == api.Operations[0].Name + "Result"), schema);
        }

        if (protocol == WireProtocol.Ec2)
        {
            var root = XDocument.Parse(response.Text, LoadOptions.PreserveWhitespace).Root!;
            Assert.Equal(api.Operations[0].Name + "Response", root.Name.LocalName);
            Assert.Equal(response.RequestId, root.Elements().Single(e => e.Name.LocalName == "requestId").Value);
            return FromXml(root, schema);
        }

        if (schema.PayloadMember < 0 && schema.Members.Any(IsBody))
        {
            shape = protocol == WireProtocol.RestJson
                ? FromJson(JsonElement.Parse(response.Text), schema)
                : FromXml(XDocument.Parse(response.Text, LoadOptions.PreserveWhitespace).Root!, schema);
        }

        for (var i = 0; i < schema.Members.Count; i++)
        {
            if (!IsBody(schema.Members[i]))
            {
                shape[i] = Bound(schema.Members[i], response, protocol);
            }
        }

        return shape;
    }

    private static bool IsBody(MemberSchema member) => member.Location is WireLocation.Body or WireLocation.Uri or WireLocation.Query or WireLocation.QueryMap;

    private static object? Bound(MemberSchema member, RecordedResponse response, WireProtocol protocol)
    {
        switch (member.Location)
        {
            case WireLocation.Status:
                return response.Status;
            case WireLocation.Header when !response.Headers.ContainsKey(member.WireName):
                return null;
            case WireLocation.Header when member.IsJsonValue:
                return Encoding.UTF8.GetString(Convert.FromBase64String(response.Headers[member.WireName]!));
            case WireLocation.Header when member.Type.Kind == WireKind.List:
                return Items(response.Headers[member.WireName]!, member.Type.Element!).ConvertAll(
                    item => (object?)Scalar(item, member.Type.Element!, TimestampFormat.HttpDate));
            case WireLocation.Header:
                return Scalar(response.Headers[member.WireName]!, member.Type, TimestampFormat.HttpDate);
            case WireLocation.HeaderMap:
                return response.Headers
                    .Where(header => header.Key.StartsWith(member.WireName, StringComparison.OrdinalIgnoreCase))
                    .Where(header => member.WireName.Length > 0 || !header.Key.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase)
                        && !header.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
                    .ToDictionary(header => header.Key[member.WireName.Length..], header => (object?)header.Value.ToString());
            case not WireLocation.Payload:
                return null;
            default:
                return response.Bytes.Length == 0 ? null : member.Type.Kind switch
                {
                    WireKind.Blob => (ReadOnlyMemory<byte>)response.Bytes,
                    WireKind.String => response.Text,
                    WireKind.Structure when protocol == WireProtocol.RestXml =>
                        FromXml(XDocument.Parse(response.Text, LoadOptions.PreserveWhitespace).Root!, member.Type.Structure),
                    _ => Json(JsonElement.Parse(response.Text), member.Type),
                };
        }
    }

    private static List<string> Items(string text, TypeSchema item)
    {
        if (item is { Kind: WireKind.Timestamp, TimestampFormat: TimestampFormat.Default or TimestampFormat.HttpDate })
        {
            var parts = text.Split(", ");
            return Enumerable.Range(0, parts.Length / 2).Select(i => $"{parts[2 * i]}, {parts[(2 * i) + 1]}").ToList();
        }

        var items = new List<string>();
        for (var rest = text; rest.Length > 0;)
        {
            if (rest[0] == '"')
            {
                var end = 1;
                while (rest[end] != '"')
                {
                    end += rest[end] == '\\' ? 2 : 1;
                }

                items.Add(rest[1..end].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
                rest = rest[(end + 1)..].TrimStart(',', ' ');
            }
            else
            {
                var comma = rest.IndexOf(',', StringComparison.Ordinal);
                items.Add(comma < 0 ? rest : rest[..comma]);
                rest = comma < 0 ? "" : rest[(comma + 1)..].TrimStart();
            }
        }

        return items;
    }

    private static DynamicShape FromJson(JsonElement json, ShapeSchema schema)
    {
        var shape = new DynamicShape(schema);
        foreach (var property in json.EnumerateObject())
        {
            var index = schema.IndexOf(property.Name);
            Assert.True(index >= 0, $"{property.Name} is no member of {schema.Name}");
            shape[index] = Json(property.Value, schema.Members[index].Type);
        }

        return shape;
    }

    private static object Json(JsonElement json, TypeSchema type) => type.Kind switch
    {
        WireKind.String => json.GetString()!,
        WireKind.Boolean => json.GetBoolean(),
        WireKind.Int32 => json.GetInt32(),
        WireKind.Int64 => json.GetInt64(),
        WireKind.Single => json.ValueKind == JsonValueKind.Number ? json.GetSingle() : float.Parse(json.GetString()!, CultureInfo.InvariantCulture),
        WireKind.Double => json.ValueKind == JsonValueKind.Number ? json.GetDouble() : double.Parse(json.GetString()!, CultureInfo.InvariantCulture),
        WireKind.Blob => (ReadOnlyMemory<byte>)json.GetBytesFromBase64(),
        WireKind.Timestamp when type.TimestampFormat is TimestampFormat.Default or TimestampFormat.UnixSeconds =>
            DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(json.GetDouble() * 1000)),
        WireKind.Timestamp => Scalar(json.GetString()!, type, TimestampFormat.Iso8601),
        WireKind.Document => json,
        WireKind.Structure => FromJson(json, type.Structure),
        WireKind.List => json.EnumerateArray().Select(item => (object?)Json(item, type.Element!)).ToList(),
        WireKind.Map => json.EnumerateObject().ToDictionary(entry => entry.Name, entry => (object?)Json(entry.Value, type.Element!)),
        _ => throw new InvalidOperationException(),
    };

    private static DynamicShape FromXml(XElement element, ShapeSchema schema)
    {
        var shape = new DynamicShape(schema);
        for (var i = 0; i < schema.Members.Count; i++)
        {
            var member = schema.Members[i];
            if (!IsBody(member) && member.Location != WireLocation.Payload)
            {
                continue;
            }

            if (member.IsXmlAttribute)
            {
                shape[i] = element.Attributes().FirstOrDefault(a => a.Name.LocalName == member.WireName.Split(':')[^1])?.Value;
                continue;
            }

            var found = element.Elements().Where(e => e.Name.LocalName == member.WireName).ToList();
            if (found.Count > 0)
            {
                shape[i] = member.Type.IsFlattened ? Collection(found, member.Type) : Xml(Assert.Single(found), member.Type);
            }
        }

        return shape;
    }

    private static object Xml(XElement element, TypeSchema type) => type.Kind switch
    {
        WireKind.Structure => FromXml(element, type.Structure),
        WireKind.List => Collection(element.Elements().Where(e => e.Name.LocalName == type.ItemName).ToList(), type),
        WireKind.Map => Collection(element.Elements().Where(e => e.Name.LocalName == "entry").ToList(), type),
        _ => Scalar(element.Value, type, TimestampFormat.Iso8601),
    };

    private static object Collection(List<XElement> items, TypeSchema type) => type.Kind == WireKind.List
        ? items.ConvertAll(item => (object?)Xml(item, type.Element!))
        : items.ToDictionary(
            item => item.Elements().Single(e => e.Name.LocalName == type.KeyName).Value,
            item => (object?)Xml(item.Elements().Single(e => e.Name.LocalName == type.ValueName), type.Element!));

    private static object Scalar(string text, TypeSchema type, TimestampFormat fallback) => type.Kind switch
    {
        WireKind.String => text,
        WireKind.Boolean => text == "true" || (text == "false" ? false : throw new FormatException(text)),
        WireKind.Int32 => int.Parse(text, CultureInfo.InvariantCulture),
        WireKind.Int64 => long.Parse(text, CultureInfo.InvariantCulture),
        WireKind.Single => float.Parse(text, CultureInfo.InvariantCulture),
        WireKind.Double => double.Parse(text, CultureInfo.InvariantCulture),
        WireKind.Blob => (ReadOnlyMemory<byte>)Convert.FromBase64String(text),
        WireKind.Timestamp => (type.TimestampFormat == TimestampFormat.Default ? fallback : type.TimestampFormat) switch
        {
            TimestampFormat.UnixSeconds => DateTimeOffset.FromUnixTimeMilliseconds(
                (long)Math.Round(double.Parse(text, CultureInfo.InvariantCulture) * 1000)),
            TimestampFormat.HttpDate => DateTimeOffset.ParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            _ => DateTimeOffset.ParseExact(
                text,
                ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal),
        },
        _ => throw new InvalidOperationException(),
    };
}
