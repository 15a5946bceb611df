using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Store;

/// <summary>The kinds of resources that EC2 has here.</summary>
internal static class Kinds
{
    internal const string RulePrefix = "sgr-";
    internal const string RuleType = "security-group-rule";

    internal static readonly ResourceKind<VpcRecord> Vpc =
        new("vpc-", "vpc", "vpc ID", Ec2ErrorCodes.InvalidVpcIdNotFound, null, Ec2Schema.Vpcs);

    internal static readonly ResourceKind<SubnetRecord> Subnet =
        new("subnet-", "subnet", "subnet ID", Ec2ErrorCodes.InvalidSubnetIdNotFound, null, Ec2Schema.Subnets);

    internal static readonly ResourceKind<GroupRecord> Group =
        new("sg-", "security-group", "security group", Ec2ErrorCodes.InvalidGroupNotFound, Ec2ErrorCodes.InvalidGroupIdMalformed, Ec2Schema.Groups);

    internal static readonly ResourceKind<InterfaceRecord> Interface = new(
        "eni-", "network-interface", "networkInterface ID", Ec2ErrorCodes.InvalidNetworkInterfaceIdNotFound, Ec2ErrorCodes.InvalidNetworkInterfaceIdMalformed, Ec2Schema.Interfaces);

    internal static readonly ResourceKind<RouteTableRecord> RouteTable = new(
        "rtb-", "route-table", "routeTable ID", Ec2ErrorCodes.InvalidRouteTableIdNotFound, Ec2ErrorCodes.InvalidRouteTableIdMalformed, Ec2Schema.RouteTables);

    internal static readonly ResourceKind<InternetGatewayRecord> InternetGateway = new(
        "igw-", "internet-gateway", "internetGateway ID", Ec2ErrorCodes.InvalidInternetGatewayIdNotFound, Ec2ErrorCodes.InvalidInternetGatewayIdMalformed, Ec2Schema.InternetGateways);

    internal static readonly ResourceKind<NetworkAclRecord> NetworkAcl = new(
        "acl-", "network-acl", "networkAcl ID", Ec2ErrorCodes.InvalidNetworkAclIdNotFound, Ec2ErrorCodes.InvalidNetworkAclIdMalformed, Ec2Schema.NetworkAcls);

    internal static readonly ResourceKind<DhcpOptionsRecord> DhcpOptions = new(
        "dopt-", "dhcp-options", "dhcpOption ID", Ec2ErrorCodes.InvalidDhcpOptionIdNotFound, Ec2ErrorCodes.InvalidDhcpOptionsIdMalformed, Ec2Schema.DhcpOptions);
}
