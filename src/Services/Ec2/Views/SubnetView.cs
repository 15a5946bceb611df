using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class SubnetView
{
    internal static readonly FilterSet<Subnet> Filters = new(
        static subnet => subnet.Tags,
        FilterSet<Subnet>.One("availability-zone", static subnet => subnet.AvailabilityZone),
        FilterSet<Subnet>.One("availabilityZone", static subnet => subnet.AvailabilityZone),
        FilterSet<Subnet>.One("availability-zone-id", static subnet => subnet.AvailabilityZoneId),
        FilterSet<Subnet>.One("availabilityZoneId", static subnet => subnet.AvailabilityZoneId),
        FilterSet<Subnet>.Number("available-ip-address-count", static subnet => subnet.AvailableIpAddressCount),
        FilterSet<Subnet>.One("cidr-block", static subnet => subnet.CidrBlock),
        FilterSet<Subnet>.One("cidr", static subnet => subnet.CidrBlock),
        FilterSet<Subnet>.One("cidrBlock", static subnet => subnet.CidrBlock),
        FilterSet<Subnet>.Flag("default-for-az", static subnet => subnet.DefaultForAz),
        FilterSet<Subnet>.Flag("defaultForAz", static subnet => subnet.DefaultForAz),
        FilterSet<Subnet>.Flag("enable-dns64", static subnet => subnet.EnableDns64),
        FilterSet<Subnet>.Flag("ipv6-native", static subnet => subnet.Ipv6Native),
        FilterSet<Subnet>.Many("ipv6-cidr-block-association.ipv6-cidr-block", static _ => null),
        FilterSet<Subnet>.Many("ipv6-cidr-block-association.association-id", static _ => null),
        FilterSet<Subnet>.Many("ipv6-cidr-block-association.state", static _ => null),
        FilterSet<Subnet>.Flag("map-customer-owned-ip-on-launch", static subnet => subnet.MapCustomerOwnedIpOnLaunch),
        FilterSet<Subnet>.Flag("map-public-ip-on-launch", static subnet => subnet.MapPublicIpOnLaunch),
        FilterSet<Subnet>.Many("outpost-arn", static _ => null),
        FilterSet<Subnet>.One("owner-id", static subnet => subnet.OwnerId),
        FilterSet<Subnet>.One("private-dns-name-options-on-launch.hostname-type", static subnet => subnet.PrivateDnsNameOptionsOnLaunch?.HostnameType),
        FilterSet<Subnet>.One("state", static subnet => subnet.State),
        FilterSet<Subnet>.One("subnet-arn", static subnet => subnet.SubnetArn),
        FilterSet<Subnet>.One("subnet-id", static subnet => subnet.SubnetId),
        FilterSet<Subnet>.One("vpc-id", static subnet => subnet.VpcId));

    internal static Subnet From(SubnetRecord subnet, Scope scope) => new()
    {
        SubnetId = subnet.Id,
        SubnetArn = $"arn:aws:ec2:{scope.Region}:{scope.AccountId}:subnet/{subnet.Id}",
        VpcId = subnet.VpcId,
        OwnerId = scope.AccountId,
        State = SubnetState.Available,
        CidrBlock = subnet.CidrBlock,
        AvailableIpAddressCount = (int)(Cidr.Parse(subnet.CidrBlock).Size - Ec2Limits.ReservedAddresses - subnet.Used),
        AvailabilityZone = subnet.AvailabilityZone,
        AvailabilityZoneId = subnet.AvailabilityZoneId,
        DefaultForAz = subnet.IsDefault,
        MapPublicIpOnLaunch = subnet.MapPublicIpOnLaunch,
        MapCustomerOwnedIpOnLaunch = false,
        AssignIpv6AddressOnCreation = false,
        Ipv6CidrBlockAssociationSet = [],
        Ipv6Native = false,
        EnableDns64 = false,
        PrivateDnsNameOptionsOnLaunch = new()
        {
            HostnameType = HostnameType.IpName,
            EnableResourceNameDnsARecord = false,
            EnableResourceNameDnsAAAARecord = false,
        },
        Tags = TagView.From(subnet.Tags),
    };
}
