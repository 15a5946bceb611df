using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Text;

namespace Fogbank.Wire.Xml;

/// <summary>Values out of an XML body that has been read whole.</summary>
internal sealed class XmlSource : ValueSource
{
    private readonly Stack<Level> _levels = new();

    /// <summary>The element whose value is read next; null where <see cref="_text"/> is an attribute's.</summary>
    private XmlNode? _node;
    private string? _text;

    /// <summary>The structure around a flattened list or map, and the name of its items.</summary>
    private XmlNode? _parent;

    /// <param name="body">The document.</param>
    /// <param name="roots">Names that the root may have; empty accepts any.</param>
    public XmlSource(ReadOnlyMemory<byte> body, params ReadOnlySpan<string> roots)
    {
        _node = XmlNode.Parse(body);
        if (!roots.IsEmpty && !roots.Contains(_node.Name))
        {
            throw new WireFormatException($"The root element is {_node.Name}, not {roots[0]}.");
        }
    }

    public override bool Next(ShapeSchema schema, ref int member)
    {
        if (member < 0)
        {
            _levels.Push(new Level { Node = _node ?? throw new WireFormatException("A structure stands where it cannot.") });
        }

        var level = _levels.Peek();
        if (TakeAttribute(schema, level, ref member))
        {
            return true;
        }

        while (level.Position < level.Node.Children.Count)
        {
            var child = level.Node.Children[level.Position++];
            var index = schema.IndexOf(child.Name);
            if (index < 0 || schema.Members[index].IsXmlAttribute)
            {
                continue;
            }

            if (schema.Members[index].Type.IsFlattened && !(level.Flattened ??= []).Add(child.Name))
            {
                // The first item stood for the whole list.
                continue;
            }

            member = index;
            (_node, _text, _parent) = (child, null, level.Node);
            return true;
        }

        _levels.Pop();
        return false;
    }

    public override bool NextItem(TypeSchema list, ref int item) => NextChild(list.IsFlattened ? null : list.ItemName, ref item);

    public override bool NextEntry(TypeSchema map, ref int entry, out string key)
    {
        key = "";
        if (!NextChild(map.IsFlattened ? null : "entry", ref entry))
        {
            return false;
        }

        var pair = _node!;
        _node = null;
        string? found = null;
        foreach (var child in pair.Children)
        {
            if (child.Name == map.KeyName)
            {
                found = child.Text;
            }
            else if (child.Name == map.ValueName)
            {
                _node = child;
            }
        }

        if (found is null || _node is null)
        {
            throw new WireFormatException("An entry of a map lacks its key or its value.");
        }

        key = found;
        return true;
    }

    public override string String(TypeSchema type) => Text();

    public override bool Boolean(TypeSchema type) => Scalars.Boolean(Text());

    public override int Int32(TypeSchema type) => Scalars.Int32(Text());

    public override long Int64(TypeSchema type) => Scalars.Int64(Text());

    public override double Double(TypeSchema type) => Scalars.Double(Text());

    public override ReadOnlyMemory<byte> Blob(TypeSchema type) => Scalars.Blob(Text());

    public override DateTimeOffset Timestamp(TypeSchema type) => Scalars.Timestamp(Text());

    /// <summary>Moves among the children of the list at hand or, where it is flattened, among the siblings of its first item.</summary>
    private bool NextChild(string? itemName, ref int item)
    {
        if (item < 0)
        {
            var node = _node ?? throw new WireFormatException("A list or map stands where it cannot.");
            _levels.Push(itemName is null
                ? new Level { Node = _parent!, ItemName = node.Name }
                : new Level { Node = node, ItemName = itemName });
        }

        var level = _levels.Peek();
        while (level.Position < level.Node.Children.Count)
        {
            var child = level.Node.Children[level.Position++];
            if (child.Name == level.ItemName)
            {
                item++;
                (_node, _text) = (child, null);
                return true;
            }
        }

        _levels.Pop();
        return false;
    }

    private bool TakeAttribute(ShapeSchema schema, Level level, ref int member)
    {
        while (level.Attribute < schema.Members.Count)
        {
            var index = level.Attribute++;
            if (schema.Members[index].IsXmlAttribute && level.Node.Attribute(schema.Members[index].WireName) is { } value)
            {
                member = index;
                (_node, _text) = (null, value);
                return true;
            }
        }

        return false;
    }

    private string Text()
    {
        if (_text is not null)
        {
            return _text;
        }

        return _node is { Children.Count: 0 } ? _node.Text : throw new WireFormatException("An element holds elements where text belongs.");
    }

    private sealed class Level
    {
        public required XmlNode Node { get; init; }

        public string? ItemName { get; init; }

        public int Position { get; set; }

        public int Attribute { get; set; }

        public HashSet<string>? Flattened { get; set; }
    }
}
