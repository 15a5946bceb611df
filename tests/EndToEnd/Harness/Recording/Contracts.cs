using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>The facts of an API, read from <c>contracts/</c> and not from what is generated out of it: a checker that used Fogbank's own
/// schemas would share their mistakes.</summary>
internal sealed class ContractFile(JsonNode json)
{
    private static readonly ConcurrentDictionary<string, ContractFile> Loaded = new();

    public static ContractFile Of(string api) => Loaded.GetOrAdd(
        api, name => new(JsonNode.Parse(File.ReadAllText(Repository.Of($"contracts/{name}.json")))!));

    public string Protocol => json["api"]!["protocols"]![0]!.GetValue<string>();

    public JsonNode? Operation(string name) => json["operations"]![name];

    public JsonNode Shape(string name) => json["shapes"]![name] ?? new JsonObject { ["type"] = "string" };

    /// <summary>The shape of a member, list item or map value.</summary>
    public JsonNode ShapeOf(JsonNode reference) => Shape(reference["shape"]!.GetValue<string>());
}
