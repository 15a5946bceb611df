using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>
/// Reads an answer into the members it holds, by the contract: structures become objects, lists arrays, all else text. What is absent is
/// absent; what was sent empty stays empty.
/// </summary>
internal sealed class AnswerReader(ContractFile contract)
{
    /// <returns>The members; null where the body cannot be told (cut, streamed, unwrapped).</returns>
    public JsonObject? Read(string operation, Exchange exchange)
    {
        var schema = contract.Operation(operation)!;
        var result = new JsonObject();
        if (schema["output"]?.GetValue<string>() is not { } output)
        {
            return result;
        }

        var members = contract.Shape(output)["members"]!.AsObject();
        string? payload = null;
        foreach (var (name, member) in members)
        {
            switch (member!["location"]?.GetValue<string>())
            {
                case "header":
                    if (exchange.Response.Header(Wire(name, member)) is { } value)
                    {
                        result[name] = value;
                    }

                    break;
                case "headers":
                    // A map is there even where it is empty.
                    result[name] = new JsonObject { ["entry"] = "" };
                    break;
                case "statusCode":
                    result[name] = exchange.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case "payload":
                    payload = name;
                    break;
            }
        }

        if (exchange.Response.IsCut || schema["eventStream"] is not null)
        {
            return null;
        }

        if (payload is not null)
        {
            var shape = contract.ShapeOf(members[payload]!);
            if (shape["type"]!.GetValue<string>() != "structure")
            {
                result[payload] = "…";
            }
            else if (exchange.Response.Body.Length > 0)
            {
                result[payload] = contract.Protocol == "rest-xml"
                    ? Structure(shape, XDocument.Parse(exchange.Response.Text).Root!)
                    : JsonNode.Parse(exchange.Response.Text);
            }

            return result;
        }

        if (exchange.Response.Body.Length == 0 || exchange.Method == "HEAD")
        {
            return result;
        }

        JsonObject? body;
        if (contract.Protocol is "rest-json" or "json-1.1" or "json-1.0")
        {
            body = JsonNode.Parse(exchange.Response.Text) as JsonObject;
        }
        else
        {
            var root = XDocument.Parse(exchange.Response.Text).Root!;
            if (schema["resultWrapper"]?.GetValue<string>() is { } wrapper)
            {
                root = root.Elements().FirstOrDefault(element => element.Name.LocalName == wrapper);
            }
            else if (operation == "GetBucketLocation")
            {
                return null; // Its one member is the root itself.
            }

            body = root is null ? null : Structure(contract.Shape(output), root);
        }

        foreach (var (name, value) in body?.ToList() ?? [])
        {
            body!.Remove(name);
            result[name] = value;
        }

        return result;
    }

    private static string Wire(string name, JsonNode member) => member["wire"]?.GetValue<string>() ?? name;

    private JsonObject Structure(JsonNode shape, XElement element)
    {
        var result = new JsonObject();
        foreach (var (name, member) in shape["members"]!.AsObject())
        {
            if (member!["location"] is not null)
            {
                continue;
            }

            var type = contract.ShapeOf(member);
            var isFlat = type["flattened"]?.GetValue<bool>() is true || member["flattened"]?.GetValue<bool>() is true;
            var wire = Wire(name, member);
            if (member["xmlAttribute"] is not null)
            {
                var local = wire[(wire.IndexOf(':', StringComparison.Ordinal) + 1)..];
                if (element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == local) is { } found)
                {
                    result[name] = found.Value;
                }

                continue;
            }

            var children = element.Elements().Where(child => child.Name.LocalName == wire).ToList();
            if (children.Count > 0)
            {
                result[name] = isFlat ? new JsonArray([.. children.Select(child => Value(contract.ShapeOf(type["item"]!), child))]) : Value(type, children[0]);
            }
        }

        return result;
    }

    private JsonNode Value(JsonNode shape, XElement element) => shape["type"]!.GetValue<string>() switch
    {
        "structure" => Structure(shape, element),
        "list" => new JsonArray([.. element.Elements().Select(item => Value(contract.ShapeOf(shape["item"]!), item))]),
        "map" => element.HasElements ? new JsonObject { ["entry"] = "" } : new JsonObject(),
        _ => JsonValue.Create(element.Value),
    };
}
