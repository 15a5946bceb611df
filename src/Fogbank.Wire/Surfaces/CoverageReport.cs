using System.Globalization;
using System.Text;
using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Kernel;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.Surfaces;

/// <summary>What this region does and does not do, out of the tables it works by.</summary>
public sealed class CoverageReport
{
    private readonly List<Entry> _entries;

    private CoverageReport(List<Entry> entries) => _entries = entries;

    private sealed record Entry(string Name, string ServiceId, int Total, IReadOnlyList<string> Implemented, IReadOnlyList<string> Missing)
    {
        /// <summary>Operations that the contract leaves out.</summary>
        public int Others { get; init; }
    }

    /// <summary>Builds the report.</summary>
    /// <param name="apis">APIs whose contract is known.</param>
    /// <param name="operations">What is built.</param>
    public static CoverageReport Build(IReadOnlyList<Api> apis, OperationRegistry operations)
    {
        ArgumentNullException.ThrowIfNull(apis);
        ArgumentNullException.ThrowIfNull(operations);
        var entries = apis.Select(api =>
        {
            var byState = api.Operations.ToLookup(operation => operations.TryFind(operation, out _), operation => operation.Name);
            return new Entry(api.Name, api.ServiceId, api.Operations.Count + api.OtherOperations.Count, [.. byState[true].Order()], [.. byState[false].Order()])
            {
                Others = api.OtherOperations.Count,
            };
        }).ToList();
        var names = entries.Select(entry => entry.Name).ToHashSet();
        entries.AddRange(KnownService.All
            .Where(known => !names.Contains(known.Name))
            .Select(known => new Entry(known.Name, known.ServiceId, known.Operations, [], [])));
        entries.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return new CoverageReport(entries);
    }

    /// <summary>Services of which something is built.</summary>
    public IEnumerable<string> ServedServices => _entries.Where(entry => entry.Implemented.Count > 0).Select(entry => entry.Name);

    /// <summary>Services that are known by name, or by a contract of which nothing is built.</summary>
    public IEnumerable<string> OtherServices => _entries.Where(entry => entry.Implemented.Count == 0).Select(entry => entry.Name);

    public void WriteJson(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteStartObject("services");
        foreach (var entry in _entries)
        {
            writer.WriteStartObject(entry.Name);
            writer.WriteString("serviceId", entry.ServiceId);
            writer.WriteNumber("operations", entry.Total);
            writer.WriteStartArray("implemented");
            foreach (var name in entry.Implemented)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The text of <c>docs/coverage.md</c>.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append("# Coverage\n\nMade from the contracts and the dispatch tables; do not edit. What is not built answers 501 with a typed error.\n\n");
        text.Append("| API | built | of |\n|---|---:|---:|\n");
        foreach (var entry in _entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {entry.ServiceId} (`{entry.Name}`) | {entry.Implemented.Count} | {entry.Total} |\n");
        }

        foreach (var entry in _entries.Where(entry => entry.Implemented.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {entry.ServiceId}\n\nBuilt: ").AppendJoin(", ", entry.Implemented).Append(".\n");
            if (entry.Missing.Count > 0)
            {
                text.Append("\nNot built: ").AppendJoin(", ", entry.Missing).Append(entry.Others > 0 ? "" : ".\n");
            }

            if (entry.Others > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(entry.Missing.Count > 0 ? ", and" : "\nNot built:")} {entry.Others} operations that are known by name only.\n");
            }
        }

        return text.ToString();
    }
}
