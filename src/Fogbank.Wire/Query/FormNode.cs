using System.Globalization;
using Fogbank.Contracts;

namespace Fogbank.Wire.Query;

/// <summary>A parameter, or what stands before a dot in the names of several.</summary>
internal sealed class FormNode
{
    private const int MaxDepth = 64;

    private Dictionary<string, FormNode>? _children;

    public string? Value { get; private set; }

    public static FormNode Parse(List<KeyValuePair<string, string>> parameters)
    {
        var root = new FormNode();
        foreach (var (name, value) in parameters)
        {
            var node = root;
            var depth = 0;
            foreach (var part in name.AsSpan().Split('.'))
            {
                if (++depth > MaxDepth)
                {
                    throw new WireFormatException("A parameter is nested too deeply.");
                }

                node = node.FindOrAdd(name[part]);
            }

            node.Value = value;
        }

        return root;
    }

    /// <summary>Names of what stands directly below.</summary>
    public IEnumerable<string> Names => _children?.Keys ?? Enumerable.Empty<string>();

    public FormNode? Find(string name) => _children?.GetValueOrDefault(name);

    /// <summary>Children named by numbers, in the order of those: clients may leave numbers out.</summary>
    public List<FormNode> Numbered()
    {
        var items = new List<(int Number, FormNode Node)>();
        foreach (var (name, node) in _children ?? [])
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw new WireFormatException($"{name} is no index of a list.");
            }

            items.Add((number, node));
        }

        items.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        return items.ConvertAll(item => item.Node);
    }

    private FormNode FindOrAdd(string name)
    {
        _children ??= new Dictionary<string, FormNode>(StringComparer.Ordinal);
        if (!_children.TryGetValue(name, out var node))
        {
            node = new FormNode();
            _children.Add(name, node);
        }

        return node;
    }
}
