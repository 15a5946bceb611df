using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;
using Fogbank.Wire.Text;

namespace Fogbank.Wire.Query;

/// <summary>Values out of a form. What members are called and how lists are numbered is the protocols' own affair.</summary>
internal abstract class FormSource : ValueSource
{
    private readonly Stack<Level> _levels = new();

    protected FormSource(string form) => Node = FormNode.Parse(QueryParameters.Parse(form));

    /// <summary>Where the reading stands.</summary>
    protected FormNode Node { get; set; }

    public override bool Next(ShapeSchema schema, ref int member)
    {
        if (member < 0)
        {
            Enter(schema, isRoot: _levels.Count == 0);
            _levels.Push(new Level { Node = Node, Items = [] });
        }

        var node = _levels.Peek().Node;
        for (var i = member + 1; i < schema.Members.Count; i++)
        {
            if (Find(node, schema.Members[i]) is { } found)
            {
                member = i;
                Node = found;
                return true;
            }
        }

        _levels.Pop();
        return false;
    }

    public override string String(TypeSchema type) => Text();

    public override bool Boolean(TypeSchema type) => Scalars.Boolean(Text());

    public override int Int32(TypeSchema type) => Scalars.Int32(Text());

    public override long Int64(TypeSchema type) => Scalars.Int64(Text());

    public override double Double(TypeSchema type) => Scalars.Double(Text());

    public override ReadOnlyMemory<byte> Blob(TypeSchema type) => Scalars.Blob(Text());

    public override DateTimeOffset Timestamp(TypeSchema type) => Scalars.Timestamp(Text());

    /// <summary>The value of a member; null where it was not sent.</summary>
    protected abstract FormNode? Find(FormNode node, MemberSchema member);

    /// <summary>Called before the first member of a structure.</summary>
    protected virtual void Enter(ShapeSchema schema, bool isRoot)
    {
    }

    /// <summary>Moves to the next of the numbered items below <paramref name="holder"/>.</summary>
    /// <param name="holder">Asked for once, at the first item; null where there are no numbers.</param>
    protected bool NextNumbered(Func<FormNode, FormNode?> holder, ref int item)
    {
        if (item < 0)
        {
            // "ListArg=" is how an empty list is sent.
            var numbers = holder(Node);
            if (numbers is null && Node.Value is not "")
            {
                throw new WireFormatException("A list is not numbered.");
            }

            _levels.Push(new Level { Node = Node, Items = numbers?.Numbered() ?? [] });
        }

        var level = _levels.Peek();
        if (++item < level.Items.Count)
        {
            Node = level.Items[item];
            return true;
        }

        _levels.Pop();
        return false;
    }

    private string Text() => Node.Value ?? throw new WireFormatException("Start of structure or map found where not expected.");

    private sealed class Level
    {
        public required FormNode Node { get; init; }

        public required List<FormNode> Items { get; init; }
    }
}
