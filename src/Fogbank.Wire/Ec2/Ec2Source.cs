using System.Collections.Frozen;
using Fogbank.Contracts;
using Fogbank.Wire.Query;

namespace Fogbank.Wire.Ec2;

/// <summary>Values out of a form of the ec2 protocol: <c>Filter.1.Name=vpc-id&amp;Filter.1.Value.1=vpc-1</c>. Lists have no wrapper, names begin with a capital.</summary>
internal sealed class Ec2Source(string form) : FormSource(form)
{
    /// <summary>Parameters of the protocol itself and of signatures in a query.</summary>
    private static readonly FrozenSet<string> Common = FrozenSet.Create(
        "Action", "Version", "AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp", "Expires", "SecurityToken");

    public override bool NextItem(TypeSchema list, ref int item) => NextNumbered(static node => node, ref item);

    public override bool NextEntry(TypeSchema map, ref int entry, out string key) =>
        throw new WireFormatException("The ec2 protocol has no form for maps.");

    protected override FormNode? Find(FormNode node, MemberSchema member) => node.Find(Ec2Names.OnRequest(member));

    /// <summary>EC2 refuses what it does not know, so a misspelt parameter does not pass for one that was left out.</summary>
    protected override void Enter(ShapeSchema schema, bool isRoot)
    {
        if (!isRoot)
        {
            return;
        }

        foreach (var name in Node.Names)
        {
            if (!Common.Contains(name)
                && !name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)
                && !schema.Members.Any(member => Ec2Names.OnRequest(member) == name))
            {
                throw new UnknownParameterException(name);
            }
        }
    }
}
