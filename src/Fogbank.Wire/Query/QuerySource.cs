using System.Globalization;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;
using Fogbank.Wire.Text;

namespace Fogbank.Wire.Query;

/// <summary>Values out of a form: <c>Tags.member.1.Key=a&amp;Tags.member.1.Value=b</c>.</summary>
internal sealed class QuerySource : ValueSource
{
    private readonly Stack<Level> _levels = new();
    private Node _node;

    public QuerySource(string form) => _node = Node.Parse(QueryParameters.Parse(form));

    public override bool Next(ShapeSchema schema, ref int member)
    {
        if (member < 0)
        {
            _levels.Push(new Level { Node = _node, Items = [] });
        }

        var node = _levels.Peek().Node;
        for (var i = member + 1; i < schema.Members.Count; i++)
        {
            if (Find(node, schema.Members[i]) is { } found)
            {
                member = i;
                _node = found;
                return true;
            }
        }

        _levels.Pop();
        return false;
    }

    public override bool NextItem(TypeSchema list, ref int item) =>
        NextNumbered(list.IsFlattened ? null : list.HasItemName ? list.ItemName : "member", "member", ref item);

    public override bool NextEntry(TypeSchema map, ref int entry, out string key)
    {
        key = "";
        if (!NextNumbered(map.IsFlattened ? null : "entry", "entry", ref entry))
        {
            return false;
        }

        key = _node.Find(map.KeyName)?.Value ?? throw new WireFormatException("An entry of a map lacks its key.");
        _node = _node.Find(map.ValueName) ?? throw new WireFormatException("An entry of a map lacks its value.");
        return true;
    }

    public override string String(TypeSchema type) => Text();

    public override bool Boolean(TypeSchema type) => Scalars.Boolean(Text());

    public override int Int32(TypeSchema type) => Scalars.Int32(Text());

    public override long Int64(TypeSchema type) => Scalars.Int64(Text());

    public override double Double(TypeSchema type) => Scalars.Double(Text());

    public override ReadOnlyMemory<byte> Blob(TypeSchema type) => Scalars.Blob(Text());

    public override DateTimeOffset Timestamp(TypeSchema type) => Scalars.Timestamp(Text());

    /// <summary>A flattened list whose items have a name of their own goes by that name instead of the member's.</summary>
    private static Node? Find(Node node, MemberSchema member) =>
        node.Find(member.WireName) ?? (member.Type is { IsFlattened: true, HasItemName: true } ? node.Find(member.Type.ItemName) : null);

    private bool NextNumbered(string? wrapper, string otherWrapper, ref int item)
    {
        if (item < 0)
        {
            // "ListArg=" is how an empty list is sent.
            var holder = wrapper is null ? _node : _node.Find(wrapper) ?? _node.Find(otherWrapper);
            if (holder is null && _node.Value is not "")
            {
                throw new WireFormatException("A list is not numbered.");
            }

            _levels.Push(new Level { Node = _node, Items = holder?.Numbered() ?? [] });
        }

        var level = _levels.Peek();
        if (++item < level.Items.Count)
        {
            _node = level.Items[item];
            return true;
        }

        _levels.Pop();
        return false;
    }

    private string Text() => _node.Value ?? throw new WireFormatException("Start of structure or map found where not expected.");

    private sealed class Level
    {
        public required Node Node { get; init; }

        public required List<Node> Items { get; init; }
    }

    /// <summary>A parameter, or what stands before a dot in the names of several.</summary>
    private sealed class Node
    {
        private const int MaxDepth = 64;

        private Dictionary<string, Node>? _children;

        public string? Value { get; private set; }

        public static Node Parse(List<KeyValuePair<string, string>> parameters)
        {
            var root = new Node();
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

        public Node? Find(string name) => _children?.GetValueOrDefault(name);

        /// <summary>Children named by numbers, in the order of those: clients may leave numbers out.</summary>
        public List<Node> Numbered()
        {
            var items = new List<(int Number, Node Node)>();
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

        private Node FindOrAdd(string name)
        {
            _children ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!_children.TryGetValue(name, out var node))
            {
                node = new Node();
                _children.Add(name, node);
            }

            return node;
        }
    }
}
