using Fogbank.Services.Ec2.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Store;

/// <summary>Tables of EC2, in the database of the control plane. Keys begin with account and region; an id follows unless it says otherwise.</summary>
internal static class Ec2Schema
{
    internal static readonly Table<VpcRecord> Vpcs = new("ec2.vpc", Ec2Json.Default.VpcRecord);
    internal static readonly Table<SubnetRecord> Subnets = new("ec2.subnet", Ec2Json.Default.SubnetRecord);
    internal static readonly Table<GroupRecord> Groups = new("ec2.group", Ec2Json.Default.GroupRecord);
    internal static readonly Table<InterfaceRecord> Interfaces = new("ec2.interface", Ec2Json.Default.InterfaceRecord);
    internal static readonly Table<RouteTableRecord> RouteTables = new("ec2.routetable", Ec2Json.Default.RouteTableRecord);
    internal static readonly Table<InternetGatewayRecord> InternetGateways = new("ec2.gateway", Ec2Json.Default.InternetGatewayRecord);
    internal static readonly Table<NetworkAclRecord> NetworkAcls = new("ec2.acl", Ec2Json.Default.NetworkAclRecord);
    internal static readonly Table<DhcpOptionsRecord> DhcpOptions = new("ec2.dhcp", Ec2Json.Default.DhcpOptionsRecord);

    /// <summary>Key: account, region. There once the default VPC has been made, also after it was deleted.</summary>
    internal static readonly Table<AccountRecord> Accounts = new("ec2.account", Ec2Json.Default.AccountRecord);

    /// <summary>Key: account, region, subnet, address as a number. A row is a taken address.</summary>
    internal static readonly Table<AddressRecord> Addresses = new("ec2.address", Ec2Json.Default.AddressRecord);

    /// <summary>Key: account, region, operation, client token.</summary>
    internal static readonly Table<TokenRecord> Tokens = new("ec2.token", Ec2Json.Default.TokenRecord);

    internal static readonly DatabaseSchema Schema = new()
    {
        Database = "control",
        Owner = "ec2",
        Tables = [Vpcs, Subnets, Groups, Interfaces, RouteTables, InternetGateways, NetworkAcls, DhcpOptions, Accounts, Addresses, Tokens],
    };
}
