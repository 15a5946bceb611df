using System.Globalization;

namespace Fogbank.Contracts.Generator;

/// <summary>The constraints of one API, each once, in the order of their first use.</summary>
internal sealed class ConstraintTable
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>The text of <c>Api.ConstraintText</c>.</summary>
    internal string Text => string.Join("\n", _lines.OrderBy(line => line.Value).Select(line => line.Key));

    /// <summary>The number of the shape's constraint; -1 where it has none.</summary>
    internal int Add(ShapeModel shape)
    {
        var facts = shape.Facts;
        var pattern = facts.String("pattern");
        var values = facts["enum"].Items;
        var min = Bound(facts.String("min"));
        var max = Bound(facts.String("max"));
        if (min.Length == 0 && max.Length == 0 && string.IsNullOrEmpty(pattern) && values.Count == 0)
        {
            return -1;
        }

        var line = $"{min}\t{max}\t{Escape(pattern ?? "")}\t{string.Join(",", values.Select(value => Escape(value.Text).Replace(",", "\\c")))}";
        if (!_lines.TryGetValue(line, out var index))
        {
            index = _lines.Count;
            _lines.Add(line, index);
        }

        return index;
    }

    /// <summary>A bound that no decimal can hold (the range of all doubles, say) bounds nothing.</summary>
    private static string Bound(string? text) =>
        text is not null && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? text : "";

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\t", "\\t").Replace("\n", "\\n");
}
