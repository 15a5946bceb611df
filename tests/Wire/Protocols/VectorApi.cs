using System.Text;
using System.Text.Json;
using Fogbank.Contracts;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>An API made at run time from the little model in a vector.</summary>
internal sealed class VectorApi : Api
{
    private readonly JsonElement _shapes;
    private readonly byte[] _operationText;
    private readonly Dictionary<string, ShapeSchema> _structures = [];

    public VectorApi(JsonElement entry, JsonElement given, string suite)
    {
        _shapes = entry.GetProperty("shapes");
        Protocols =
        [
            suite switch
            {
                "json" => WireProtocol.Json11,
                "rest-json" => WireProtocol.RestJson,
                "query" => WireProtocol.Query,
                "ec2" => WireProtocol.Ec2,
                "rest-xml" => WireProtocol.RestXml,
                _ => WireProtocol.Json10,
            },
        ];
        ApiVersion = entry.GetProperty("metadata").TryGetProperty("apiVersion", out var version) ? version.GetString()! : "";
        XmlNamespace = Protocols[0] is WireProtocol.Query or WireProtocol.Ec2 ? "https://example.com/" : null;
        var http = given.GetProperty("http");
        Input = Schema(given, "input");
        Output = Schema(given, "output");
        _operationText = Encoding.UTF8.GetBytes(string.Join(
            '\t',
            given.GetProperty("name").GetString(),
            http.GetProperty("method").GetString(),
            http.TryGetProperty("requestUri", out var uri) ? uri.GetString() : "/",
            http.TryGetProperty("responseCode", out var code) ? code.GetInt32() : 200,
            Input?.Name,
            Output?.Name,
            "",
            ""));
    }

    public ShapeSchema? Input { get; }

    public ShapeSchema? Output { get; }

    public override string Name => "vectors";

    public override string ServiceId => "Vectors";

    public override string SigningName => "vectors";

    public override string EndpointPrefix => "vectors";

    public override string ApiVersion { get; }

    public override string? TargetPrefix => "Vectors";

    public override string? XmlNamespace { get; }

    public override IReadOnlyList<WireProtocol> Protocols { get; }

    protected override ReadOnlySpan<byte> OperationText => _operationText;

    protected override ReadOnlySpan<byte> ConstraintText => "\t\t\t"u8;

    private ShapeSchema? Schema(JsonElement given, string direction) =>
        given.TryGetProperty(direction, out var reference)
            ? Structure(reference.GetProperty("shape").GetString()!, Text(reference, "locationName"))
            : null;

    private ShapeSchema Structure(string name, string? root = null)
    {
        if (_structures.TryGetValue(name, out var known))
        {
            return known;
        }

        var shape = _shapes.GetProperty(name);
        var payload = Text(shape, "payload");
        var required = shape.TryGetProperty("required", out var list)
            ? list.EnumerateArray().Select(item => item.GetString()).ToHashSet()
            : [];
        var members = new List<MemberSchema>();
        foreach (var member in shape.GetProperty("members").EnumerateObject())
        {
            members.Add(Member(member, payload, required.Contains(member.Name)));
        }

        var (prefix, uri) = Namespace(shape);
        var schema = new ShapeSchema(this, name, members)
        {
            IsUnion = Flag(shape, "union"),
            XmlName = root ?? Text(shape, "locationName") ?? name,
            XmlNamespace = uri,
            XmlPrefix = prefix,
        };
        _structures[name] = schema;
        return schema;
    }

    private MemberSchema Member(JsonProperty member, string? payload, bool isRequired)
    {
        var reference = member.Value;
        var location = member.Name == payload ? WireLocation.Payload : Text(reference, "location") switch
        {
            "uri" => WireLocation.Uri,
            "querystring" => _shapes.GetProperty(Text(reference, "shape")!).GetProperty("type").GetString() == "map"
                ? WireLocation.QueryMap
                : WireLocation.Query,
            "header" => WireLocation.Header,
            "headers" => WireLocation.HeaderMap,
            "statusCode" => WireLocation.Status,
            _ => WireLocation.Body,
        };
        var (prefix, uri) = Namespace(reference);
        return new MemberSchema(member.Name, Text(reference, "locationName") ?? member.Name, location, Type(reference))
        {
            IsRequired = isRequired,
            IsXmlAttribute = Flag(reference, "xmlAttribute"),
            IsJsonValue = Flag(reference, "jsonvalue"),
            IsIdempotencyToken = Flag(reference, "idempotencyToken"),
            XmlNamespace = uri,
            XmlPrefix = prefix,
            QueryName = Text(reference, "queryName"),
        };
    }

    private TypeSchema Type(JsonElement reference)
    {
        var name = Text(reference, "shape")!;
        var shape = _shapes.GetProperty(name);
        var flattened = Flag(reference, "flattened") || Flag(shape, "flattened");
        switch (shape.GetProperty("type").GetString())
        {
            case "structure" when Flag(shape, "document"):
                return new TypeSchema(WireKind.Document);
            case "structure":
                return new TypeSchema(WireKind.Structure, structure: () => Structure(name));
            case "list":
                var item = shape.GetProperty("member");
                return new TypeSchema(WireKind.List, element: Type(item))
                {
                    IsFlattened = flattened,
                    HasItemName = Text(item, "locationName") is not null,
                    ItemName = Text(item, "locationName") ?? "member",
                };
            case "map":
                var (key, value) = (shape.GetProperty("key"), shape.GetProperty("value"));
                return new TypeSchema(WireKind.Map, key: Type(key), element: Type(value))
                {
                    IsFlattened = flattened,
                    KeyName = Text(key, "locationName") ?? "key",
                    ValueName = Text(value, "locationName") ?? "value",
                };
            case "timestamp":
                return new TypeSchema(WireKind.Timestamp, timestampFormat: (Text(reference, "timestampFormat") ?? Text(shape, "timestampFormat")) switch
                {
                    "iso8601" => TimestampFormat.Iso8601,
                    "rfc822" => TimestampFormat.HttpDate,
                    "unixTimestamp" => TimestampFormat.UnixSeconds,
                    _ => TimestampFormat.Default,
                });
            case var kind:
                return new TypeSchema(kind switch
                {
                    "string" => WireKind.String,
                    "boolean" => WireKind.Boolean,
                    "integer" => WireKind.Int32,
                    "long" => WireKind.Int64,
                    "float" => WireKind.Single,
                    "double" => WireKind.Double,
                    "blob" => WireKind.Blob,
                    _ => throw new InvalidOperationException($"{name} is a {kind}."),
                });
        }
    }

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static (string? Prefix, string? Uri) Namespace(JsonElement element)
    {
        if (!element.TryGetProperty("xmlNamespace", out var value))
        {
            return (null, null);
        }

        return value.ValueKind == JsonValueKind.String ? (null, value.GetString()) : (Text(value, "prefix"), Text(value, "uri"));
    }
}
