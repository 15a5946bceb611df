using Fogbank.Contracts;

namespace Fogbank.Wire.Query;

/// <summary>Values out of a form of the query protocol: <c>Tags.member.1.Key=a&amp;Tags.member.1.Value=b</c>.</summary>
internal sealed class QuerySource(string form) : FormSource(form)
{
    public override bool NextItem(TypeSchema list, ref int item) =>
        NextNumbered(list.IsFlattened ? null : list.HasItemName ? list.ItemName : "member", "member", ref item);

    public override bool NextEntry(TypeSchema map, ref int entry, out string key)
    {
        key = "";
        if (!NextNumbered(map.IsFlattened ? null : "entry", "entry", ref entry))
        {
            return false;
        }

        key = Node.Find(map.KeyName)?.Value ?? throw new WireFormatException("An entry of a map lacks its key.");
        Node = Node.Find(map.ValueName) ?? throw new WireFormatException("An entry of a map lacks its value.");
        return true;
    }

    /// <summary>A flattened list whose items have a name of their own goes by that name instead of the member's.</summary>
    protected override FormNode? Find(FormNode node, MemberSchema member) =>
        node.Find(member.WireName) ?? (member.Type is { IsFlattened: true, HasItemName: true } ? node.Find(member.Type.ItemName) : null);

    private bool NextNumbered(string? wrapper, string otherWrapper, ref int item) =>
        NextNumbered(node => wrapper is null ? node : node.Find(wrapper) ?? node.Find(otherWrapper), ref item);
}
