using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class VpcView
{
    internal static readonly FilterSet<Vpc> Filters = new(
        static vpc => vpc.Tags,
        FilterSet<Vpc>.One("cidr", static vpc => vpc.CidrBlock),
        FilterSet<Vpc>.One("cidr-block", static vpc => vpc.CidrBlock),
        FilterSet<Vpc>.Many("cidr-block-association.cidr-block", static vpc => vpc.CidrBlockAssociationSet?.Select(set => set.CidrBlock)),
        FilterSet<Vpc>.Many("cidr-block-association.association-id", static vpc => vpc.CidrBlockAssociationSet?.Select(set => set.AssociationId)),
        FilterSet<Vpc>.Many("cidr-block-association.state", static vpc => vpc.CidrBlockAssociationSet?.Select(set => set.CidrBlockState?.State)),
        FilterSet<Vpc>.One("dhcp-options-id", static vpc => vpc.DhcpOptionsId),
        FilterSet<Vpc>.Many("ipv6-cidr-block-association.ipv6-cidr-block", static _ => null),
        FilterSet<Vpc>.Many("ipv6-cidr-block-association.ipv6-pool", static _ => null),
        FilterSet<Vpc>.Many("ipv6-cidr-block-association.association-id", static _ => null),
        FilterSet<Vpc>.Many("ipv6-cidr-block-association.state", static _ => null),
        FilterSet<Vpc>.Flag("is-default", static vpc => vpc.IsDefault),
        FilterSet<Vpc>.Flag("isDefault", static vpc => vpc.IsDefault),
        FilterSet<Vpc>.One("owner-id", static vpc => vpc.OwnerId),
        FilterSet<Vpc>.One("state", static vpc => vpc.State),
        FilterSet<Vpc>.One("vpc-id", static vpc => vpc.VpcId));

    internal static Vpc From(VpcRecord vpc, Scope scope) => new()
    {
        VpcId = vpc.Id,
        OwnerId = scope.AccountId,
        State = VpcState.Available,
        CidrBlock = vpc.CidrBlock,
        CidrBlockAssociationSet =
        [
            new()
            {
                AssociationId = vpc.CidrAssociationId,
                CidrBlock = vpc.CidrBlock,
                CidrBlockState = new() { State = VpcCidrBlockStateCode.Associated },
            },
        ],
        DhcpOptionsId = vpc.DhcpOptionsId,
        InstanceTenancy = Tenancy.Default,
        IsDefault = vpc.IsDefault,
        Tags = TagView.From(vpc.Tags),
    };
}
