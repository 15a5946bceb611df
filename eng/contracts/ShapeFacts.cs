using System.Text;
using System.Text.Json;

namespace Fogbank.Eng.Contracts;

/// <summary>The facts of one shape: a line, or for structures a line a member.</summary>
internal static class ShapeFacts
{
    internal static string Of(JsonElement shape, JsonElement shapes)
    {
        var type = Json.Text(shape, "type")!;
        return type switch
        {
            "structure" when Json.Flag(shape, "document") => """{"type":"document"}""",
            "structure" => Structure(shape, shapes),
            "list" => Collection("list", shape, shapes, ("item", "member")),
            "map" => Collection("map", shape, shapes, ("key", "key"), ("value", "value")),
            _ => Scalar(type, shape),
        };
    }

    private static string Scalar(string type, JsonElement shape)
    {
        var facts = new FactList();
        facts.Text("type", type);
        Bounds(facts, shape);
        facts.Text("pattern", Json.Text(shape, "pattern"));
        if (shape.TryGetProperty("enum", out var values))
        {
            facts.Raw("enum", "[" + string.Join(',', values.EnumerateArray().Select(value => Json.Quote(value.GetString()!))) + "]");
        }

        return facts.ToString();
    }

    private static string Collection(string type, JsonElement shape, JsonElement shapes, params ReadOnlySpan<(string Fact, string Property)> parts)
    {
        var facts = new FactList();
        facts.Text("type", type);
        Bounds(facts, shape);
        facts.Flag("flattened", Json.Flag(shape, "flattened"));
        foreach (var (fact, property) in parts)
        {
            facts.Raw(fact, Reference(shape.GetProperty(property), shapes, isRequired: false, isPayload: false));
        }

        return facts.ToString();
    }

    private static string Structure(JsonElement shape, JsonElement shapes)
    {
        var facts = new FactList();
        var isError = Json.Flag(shape, "exception");
        facts.Text("type", isError ? "error" : "structure");
        if (isError)
        {
            ErrorFacts(facts, shape);
        }

        facts.Flag("union", Json.Flag(shape, "union"));
        facts.Flag("eventStream", Json.Flag(shape, "eventstream"));
        facts.Namespace("xmlNamespace", shape);
        var required = shape.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        var payload = Json.Text(shape, "payload");
        var members = new StringBuilder();
        ContractConverter.AppendLines(members, 6, shape.GetProperty("members").EnumerateObject().Select(member =>
            (member.Name, Reference(member.Value, shapes, required.Contains(member.Name), member.Name == payload))));
        facts.Raw("members", members.Length == 0 ? "{}" : "{\n" + members + "    }");
        return facts.ToString();
    }

    private static void ErrorFacts(FactList facts, JsonElement shape)
    {
        var isFault = Json.Flag(shape, "fault");
        if (shape.TryGetProperty("error", out var error))
        {
            facts.Raw("status", error.TryGetProperty("httpStatusCode", out var status) ? status.GetRawText() : null);
            facts.Text("code", Json.Text(error, "code"));
            isFault |= error.TryGetProperty("httpStatusCode", out status) && status.GetInt32() >= 500;
        }

        facts.Flag("fault", isFault);
    }

    /// <summary>A member, list item, key or value. What the model says of the target's place on the wire counts where the reference is silent.</summary>
    private static string Reference(JsonElement reference, JsonElement shapes, bool isRequired, bool isPayload)
    {
        var target = Json.Text(reference, "shape")!;
        var shape = shapes.GetProperty(target);
        var facts = new FactList();
        facts.Text("shape", target);
        facts.Flag("required", isRequired);
        facts.Text("location", isPayload ? "payload" : Json.Text(reference, "location"));
        facts.Text("wire", Json.Text(reference, "locationName") ?? Json.Text(shape, "locationName"));
        facts.Text("queryName", Json.Text(reference, "queryName"));
        facts.Text("timestampFormat", Json.Text(reference, "timestampFormat") ?? Json.Text(shape, "timestampFormat"));
        facts.Flag("flattened", Json.Flag(reference, "flattened"));
        facts.Flag("xmlAttribute", Json.Flag(reference, "xmlAttribute"));
        facts.Namespace("xmlNamespace", reference.TryGetProperty("xmlNamespace", out _) ? reference : shape);
        facts.Flag("streaming", Json.Flag(reference, "streaming") || Json.Flag(shape, "streaming"));
        facts.Flag("jsonValue", Json.Flag(reference, "jsonvalue"));
        facts.Flag("idempotencyToken", Json.Flag(reference, "idempotencyToken"));
        return facts.ToString();
    }

    private static void Bounds(FactList facts, JsonElement shape)
    {
        facts.Raw("min", shape.TryGetProperty("min", out var min) ? min.GetRawText() : null);
        facts.Raw("max", shape.TryGetProperty("max", out var max) ? max.GetRawText() : null);
    }
}
