using System.Globalization;
using System.Text.Json.Nodes;

namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>
/// Holds successful answers against what AWS was recorded to send (<c>shapes.json</c>): members that AWS always sends must be there; what AWS
/// leaves out must not be there as an empty string, null or empty list. Checks nothing where the recordings are not, but for services that were
/// never recorded, of which the documentation says what is always there.
/// </summary>
internal static class ShapeChecker
{
    private static readonly Lazy<JsonNode?> Shapes = new(() =>
        Repository.Recorded is { } folder ? JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "shapes.json")))!["answers"] : null);

    private static readonly Lazy<JsonNode> Documented = new(() =>
        JsonNode.Parse(File.ReadAllText(Repository.Of("tests/EndToEnd/Ecr/documented-shapes.json")))!["answers"]!);

    /// <summary>Operations that were held against a recording, over the whole run.</summary>
    public static System.Collections.Concurrent.ConcurrentDictionary<string, int> Checked { get; } = new();

    /// <returns>What differs, a line each, without repetitions.</returns>
    public static IReadOnlyList<string> Check(IEnumerable<Exchange> exchanges)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var exchange in exchanges)
        {
            if (exchange.Status is >= 200 and < 300 && OperationFinder.Find(exchange) is { } operation
                && (Shapes.Value?[operation.Api.Name] ?? Documented.Value[operation.Api.Name])?[operation.Name] is { } recorded)
            {
                Checked.AddOrUpdate($"{operation.Api.Name}:{operation.Name}", 1, (_, count) => count + 1);
                foreach (var violation in Compare(operation.Api.Name, operation.Name, recorded, exchange))
                {
                    if (!ShapeExceptions.Admit(operation.Api.Name, operation.Name, violation.Member, exchange))
                    {
                        found.Add($"{operation.Api.Name} {operation.Name}: {violation.Member}: {violation.What}");
                    }
                }
            }
        }

        return [.. found];
    }

    private static IEnumerable<(string Member, string What)> Compare(string api, string operation, JsonNode recorded, Exchange exchange)
    {
        var status = exchange.Status.ToString(CultureInfo.InvariantCulture);
        if (recorded["status"] is JsonObject statuses && !statuses.ContainsKey(status))
        {
            yield return ("status", $"is {status}; AWS answered {string.Join(", ", statuses.Select(pair => pair.Key))}");
        }

        JsonObject? answer;
        string? broken = null;
        try
        {
            answer = new AnswerReader(ContractFile.Of(api)).Read(operation, exchange);
        }
        catch (Exception fault) when (fault is System.Text.Json.JsonException or System.Xml.XmlException)
        {
            answer = null;
            broken = fault.Message;
        }

        if (answer is null)
        {
            if (broken is not null)
            {
                yield return ("body", $"cannot be read: {broken}");
            }

            yield break;
        }

        var always = (recorded["always"] as JsonArray)?.Select(name => name!.GetValue<string>()).ToHashSet() ?? [];
        foreach (var path in always)
        {
            if (IsMissing(answer, path))
            {
                yield return (path, "is missing; AWS always sends it");
            }
        }

        foreach (var path in Empties(answer, ""))
        {
            if (!always.Contains(path))
            {
                yield return (path, "is there and empty; AWS leaves it out then");
            }
        }
    }

    /// <summary>Whether the last part of a path is missing below a parent that is there.</summary>
    private static bool IsMissing(JsonNode node, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? path : path[..dot];
        var rest = dot < 0 ? null : path[(dot + 1)..];
        var isList = first.EndsWith("[]", StringComparison.Ordinal);
        if (node is not JsonObject parent)
        {
            return false;
        }

        var child = parent[isList ? first[..^2] : first];
        if (rest is null)
        {
            return child is null && !isList;
        }

        return isList ? child is JsonArray items && items.Any(item => item is not null && IsMissing(item, rest)) : child is not null && IsMissing(child, rest);
    }

    private static IEnumerable<string> Empties(JsonNode? node, string path)
    {
        switch (node)
        {
            case null:
            case JsonArray { Count: 0 }:
            case JsonValue value when value.TryGetValue(out string? text) && text.Length == 0:
                yield return path;
                break;
            case JsonArray items:
                foreach (var inner in items.SelectMany(item => Empties(item, path + "[]")).Distinct())
                {
                    yield return inner;
                }

                break;
            case JsonObject members when !members.ContainsKey("entry"):
                foreach (var inner in members.SelectMany(member => Empties(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}")))
                {
                    yield return inner;
                }

                break;
        }
    }
}
