using System.Text;
using System.Text.Json;

namespace Fogbank.Eng.Contracts;

/// <summary>One line of facts: a JSON object without line breaks. What is absent is left out.</summary>
internal sealed class FactList
{
    private readonly StringBuilder _text = new("{");

    internal void Raw(string name, string? json)
    {
        if (json is not null)
        {
            _text.Append(_text.Length > 1 ? "," : "").Append(Json.Quote(name)).Append(':').Append(json);
        }
    }

    internal void Text(string name, string? value) => Raw(name, value is null ? null : Json.Quote(value));

    internal void Flag(string name, bool value) => Raw(name, value ? "true" : null);

    internal void Namespace(string name, JsonElement owner)
    {
        if (owner.TryGetProperty("xmlNamespace", out var space))
        {
            var uri = space.ValueKind == JsonValueKind.String ? space.GetString() : Json.Text(space, "uri");
            var prefix = space.ValueKind == JsonValueKind.Object ? Json.Text(space, "prefix") : null;
            // "prefix|uri", the prefix left out where the namespace is the default one.
            Text(name, prefix is null ? uri : $"{prefix}|{uri}");
        }
    }

    public override string ToString() => _text.ToString() + "}";
}
