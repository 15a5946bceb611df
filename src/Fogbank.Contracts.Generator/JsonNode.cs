using System.Globalization;

namespace Fogbank.Contracts.Generator;

internal enum JsonKind
{
    Null,
    True,
    False,
    Number,
    String,
    List,
    Object,
}

/// <summary>A JSON value. Members keep the order of the text, since members of shapes are numbered by it.</summary>
internal sealed class JsonNode
{
    private static readonly JsonNode s_missing = new(JsonKind.Null);

    private readonly Dictionary<string, int>? _index;

    internal JsonNode(JsonKind kind, string text = "")
    {
        Kind = kind;
        Text = text;
        Members = [];
        Items = [];
        if (kind == JsonKind.Object)
        {
            _index = new Dictionary<string, int>(StringComparer.Ordinal);
        }
    }

    internal JsonKind Kind { get; }

    /// <summary>A string's value, or a number as it was written.</summary>
    internal string Text { get; }

    internal List<KeyValuePair<string, JsonNode>> Members { get; }

    internal List<JsonNode> Items { get; }

    internal bool IsNull => Kind == JsonKind.Null;

    /// <summary>The member of that name; a null value where there is none.</summary>
    internal JsonNode this[string name] => _index is not null && _index.TryGetValue(name, out var at) ? Members[at].Value : s_missing;

    /// <summary>The text of that member; null where there is none.</summary>
    internal string? String(string name) => this[name] is { Kind: JsonKind.String or JsonKind.Number } node ? node.Text : null;

    internal bool Flag(string name) => this[name].Kind == JsonKind.True;

    internal int Int(string name, int otherwise) =>
        this[name] is { Kind: JsonKind.Number } node ? int.Parse(node.Text, CultureInfo.InvariantCulture) : otherwise;

    internal void Set(string name, JsonNode value)
    {
        if (_index!.TryGetValue(name, out var at))
        {
            Members[at] = new(name, value);
        }
        else
        {
            _index[name] = Members.Count;
            Members.Add(new(name, value));
        }
    }

    /// <summary>This value with <paramref name="overlay"/> laid over it: objects are merged, null removes, everything else replaces.</summary>
    internal JsonNode With(JsonNode overlay)
    {
        if (Kind != JsonKind.Object || overlay.Kind != JsonKind.Object)
        {
            return overlay;
        }

        var merged = new JsonNode(JsonKind.Object);
        foreach (var member in Members)
        {
            if (!(overlay._index!.ContainsKey(member.Key) && overlay[member.Key].IsNull))
            {
                merged.Set(member.Key, member.Value);
            }
        }

        foreach (var member in overlay.Members)
        {
            if (!member.Value.IsNull)
            {
                merged.Set(member.Key, merged[member.Key] is { IsNull: false } old ? old.With(member.Value) : member.Value);
            }
        }

        return merged;
    }
}
