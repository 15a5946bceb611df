using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class NetworkAclView
{
    /// <summary>The number of the rule that refuses whatever no other rule names.</summary>
    private const int LastRule = 32767;

    internal static readonly FilterSet<NetworkAcl> Filters = new(
        static acl => acl.Tags,
        FilterSet<NetworkAcl>.Many("association.association-id", static acl => acl.Associations?.Select(set => set.NetworkAclAssociationId)),
        FilterSet<NetworkAcl>.Many("association.network-acl-id", static acl => acl.Associations?.Select(set => set.NetworkAclId)),
        FilterSet<NetworkAcl>.Many("association.subnet-id", static acl => acl.Associations?.Select(set => set.SubnetId)),
        FilterSet<NetworkAcl>.Flag("default", static acl => acl.IsDefault),
        FilterSet<NetworkAcl>.Many("entry.cidr", static acl => acl.Entries?.Select(entry => entry.CidrBlock)),
        FilterSet<NetworkAcl>.Many("entry.icmp.code", static _ => null),
        FilterSet<NetworkAcl>.Many("entry.icmp.type", static _ => null),
        FilterSet<NetworkAcl>.Many("entry.ipv6-cidr", static _ => null),
        FilterSet<NetworkAcl>.Many("entry.port-range.from", static _ => null),
        FilterSet<NetworkAcl>.Many("entry.port-range.to", static _ => null),
        FilterSet<NetworkAcl>.Many("entry.protocol", static acl => acl.Entries?.Select(entry => entry.Protocol)),
        FilterSet<NetworkAcl>.Many("entry.rule-action", static acl => acl.Entries?.Select(entry => entry.RuleAction)),
        FilterSet<NetworkAcl>.Many("entry.egress", static acl => acl.Entries?.Select(entry => entry.Egress is true ? "true" : "false")),
        FilterSet<NetworkAcl>.Many(
            "entry.rule-number", static acl => acl.Entries?.Select(entry => entry.RuleNumber?.ToString(System.Globalization.CultureInfo.InvariantCulture))),
        FilterSet<NetworkAcl>.One("network-acl-id", static acl => acl.NetworkAclId),
        FilterSet<NetworkAcl>.One("owner-id", static acl => acl.OwnerId),
        FilterSet<NetworkAcl>.One("vpc-id", static acl => acl.VpcId));

    internal static NetworkAcl From(NetworkAclRecord acl, IEnumerable<SubnetRecord> subnets, Scope scope) => new()
    {
        NetworkAclId = acl.Id,
        VpcId = acl.VpcId,
        OwnerId = scope.AccountId,
        IsDefault = true,
        Associations =
        [
            .. subnets.Select(subnet => new NetworkAclAssociation
            {
                NetworkAclAssociationId = subnet.AclAssociationId,
                NetworkAclId = acl.Id,
                SubnetId = subnet.Id,
            }),
        ],
        Entries =
        [
            Entry(100, RuleAction.Allow, isEgress: true), Entry(LastRule, RuleAction.Deny, isEgress: true),
            Entry(100, RuleAction.Allow, isEgress: false), Entry(LastRule, RuleAction.Deny, isEgress: false),
        ],
        Tags = TagView.List(acl.Tags),
    };

    private static NetworkAclEntry Entry(int number, string action, bool isEgress) =>
        new() { CidrBlock = "0.0.0.0/0", Protocol = "-1", RuleNumber = number, RuleAction = action, Egress = isEgress };
}
