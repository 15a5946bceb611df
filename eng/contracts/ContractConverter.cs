using System.Text;
using System.Text.Json;

namespace Fogbank.Eng.Contracts;

/// <summary>Turns a public API model into the text of a contract: facts only, one member or operation a line, in a stable order.</summary>
public static class ContractConverter
{
    /// <param name="name">Name of the contract: <c>lambda</c>.</param>
    /// <param name="model">The model's root.</param>
    /// <param name="only">The operations wanted; null for all of them.</param>
    /// <exception cref="InvalidDataException">The model lacks a wanted operation, or is spoken in an unknown protocol.</exception>
    public static string Convert(string name, JsonElement model, IReadOnlySet<string>? only)
    {
        var operations = model.GetProperty("operations").EnumerateObject()
            .Where(operation => only is null || only.Contains(operation.Name))
            .OrderBy(operation => operation.Name, StringComparer.Ordinal)
            .ToList();
        if (only is not null && only.Except(operations.Select(operation => operation.Name)).FirstOrDefault() is { } missing)
        {
            throw new InvalidDataException($"the model has no operation {missing}");
        }

        var shapes = model.GetProperty("shapes");
        var text = new StringBuilder();
        text.Append("{\n  \"api\": {\n");
        AppendLines(text, 4, ApiFacts(name, model.GetProperty("metadata")));
        text.Append("  },\n  \"operations\": {\n");
        AppendLines(text, 4, operations.Select(operation => (operation.Name, OperationFacts(operation.Value, shapes))));
        text.Append("  },\n  \"shapes\": {\n");
        var reachable = Reachability.From(operations.Select(operation => operation.Value), shapes, withAllErrors: only is null);
        AppendLines(text, 4, reachable
            .Order(StringComparer.Ordinal)
            .Select(shape => (shape, ShapeFacts.Of(shapes.GetProperty(shape), shapes))));
        text.Append("  }");
        if (only is not null)
        {
            AppendOthers(text, model.GetProperty("operations").EnumerateObject().Select(operation => operation.Name).Where(operation => !only.Contains(operation)));
        }

        text.Append("\n}\n");
        return text.ToString();
    }

    internal static void AppendLines(StringBuilder text, int indent, IEnumerable<(string Name, string Facts)> lines)
    {
        var first = true;
        foreach (var (name, facts) in lines)
        {
            text.Append(first ? "" : ",\n").Append(' ', indent).Append(Json.Quote(name)).Append(": ").Append(facts);
            first = false;
        }

        text.Append(first ? "" : "\n");
    }

    /// <summary>Names of what was left out: a region must tell an operation that it does not have from one that the API does not have.</summary>
    private static void AppendOthers(StringBuilder text, IEnumerable<string> names)
    {
        text.Append(",\n  \"others\": [\n    ");
        text.AppendJoin(",\n    ", names.Order(StringComparer.Ordinal).Select(Json.Quote));
        text.Append("\n  ]");
    }

    private static IEnumerable<(string Name, string Facts)> ApiFacts(string name, JsonElement metadata)
    {
        yield return ("name", Json.Quote(name));
        yield return ("serviceId", Json.Quote(Json.Text(metadata, "serviceId") ?? name));
        var prefix = Json.Text(metadata, "endpointPrefix") ?? name;
        yield return ("signingName", Json.Quote(Json.Text(metadata, "signingName") ?? prefix));
        yield return ("endpointPrefix", Json.Quote(prefix));
        yield return ("version", Json.Quote(Json.Text(metadata, "apiVersion") ?? ""));
        if (Json.Text(metadata, "targetPrefix") is { } target)
        {
            yield return ("targetPrefix", Json.Quote(target));
        }

        if (Json.Text(metadata, "xmlNamespace") is { } uri)
        {
            yield return ("xmlNamespace", Json.Quote(uri));
        }

        var protocols = metadata.TryGetProperty("protocols", out var list)
            ? list.EnumerateArray().Select(protocol => protocol.GetString()!).ToList()
            : [Json.Text(metadata, "protocol")!];
        var named = protocols.Select(protocol => ProtocolName(protocol, Json.Text(metadata, "jsonVersion")));
        yield return ("protocols", "[" + string.Join(',', named.Select(Json.Quote)) + "]");
    }

    private static string ProtocolName(string protocol, string? jsonVersion) => protocol switch
    {
        "json" => jsonVersion is "1.0" ? "json-1.0" : "json-1.1",
        "smithy-rpc-v2-cbor" => "rpc-v2-cbor",
        "rest-json" or "rest-xml" or "query" or "ec2" => protocol,
        _ => throw new InvalidDataException($"unknown protocol {protocol}"),
    };

    private static string OperationFacts(JsonElement operation, JsonElement shapes)
    {
        var facts = new FactList();
        var http = operation.GetProperty("http");
        facts.Text("method", Json.Text(http, "method"));
        facts.Text("uri", Json.Text(http, "requestUri"));
        if (http.TryGetProperty("responseCode", out var status) && status.GetInt32() != 200)
        {
            facts.Raw("status", status.GetRawText());
        }

        if (operation.TryGetProperty("input", out var input))
        {
            facts.Text("input", Json.Text(input, "shape"));
            facts.Text("inputXmlRoot", Json.Text(input, "locationName"));
            facts.Namespace("inputXmlNamespace", input);
        }

        if (operation.TryGetProperty("output", out var output))
        {
            facts.Text("output", Json.Text(output, "shape"));
            facts.Text("resultWrapper", Json.Text(output, "resultWrapper"));
        }

        facts.Flag("checksumRequired", Json.Flag(operation, "httpChecksumRequired")
            || (operation.TryGetProperty("httpChecksum", out var checksum) && Json.Flag(checksum, "requestChecksumRequired")));
        facts.Flag("eventStream", Reachability.HasEventStream(operation, shapes));
        facts.Flag("unsigned", Json.Text(operation, "authtype") == "none"
            || (operation.TryGetProperty("auth", out var auth) && auth.EnumerateArray().Any(a => a.GetString() == "smithy.api#noAuth")));
        if (operation.TryGetProperty("endpoint", out var endpoint))
        {
            facts.Text("hostPrefix", Json.Text(endpoint, "hostPrefix"));
        }

        if (operation.TryGetProperty("errors", out var errors) && errors.GetArrayLength() > 0)
        {
            var names = errors.EnumerateArray().Select(error => Json.Text(error, "shape")!).Order(StringComparer.Ordinal);
            facts.Raw("errors", "[" + string.Join(',', names.Select(Json.Quote)) + "]");
        }

        return facts.ToString();
    }
}
