using System.Security.Cryptography;
using System.Text;
using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Store;

/// <summary>Makes VPCs with all that AWS makes along with them.</summary>
internal static class VpcBuilder
{
    private const string DefaultRange = "172.31.0.0/16";
    private const int DefaultSubnetBits = 20;

    /// <summary>
    /// What an account has in a region from the beginning. The ids follow from account and region: they are the same again in a region that
    /// has forgotten its state.
    /// </summary>
    internal static AccountRecord BuildAccount(Ec2Transaction transaction)
    {
        var scope = transaction.Scope;
        string IdOf(string prefix, string what) => prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{scope}/{prefix}{what}")))[..17];
        var options = new DhcpOptionsRecord { Id = IdOf(Kinds.DhcpOptions.Prefix, "options"), DomainName = Zones.DomainName(scope.Region) };
        transaction.Put(Kinds.DhcpOptions, options);
        BuildDefault(transaction, options.Id, IdOf);
        return new AccountRecord(options.Id);
    }

    /// <summary>A default VPC in place of one that was deleted.</summary>
    internal static VpcRecord BuildDefault(Ec2Transaction transaction, string dhcpOptionsId, IIdSource ids) =>
        BuildDefault(transaction, dhcpOptionsId, (prefix, _) => prefix + ids.NewHex(17));

    internal static VpcRecord Build(
        Ec2Transaction transaction, Cidr range, string dhcpOptionsId, IReadOnlyDictionary<string, string> tags, IIdSource ids) =>
        Build(transaction, range.ToString(), isDefault: false, dhcpOptionsId, tags, (prefix, _) => prefix + ids.NewHex(17));

    private static VpcRecord BuildDefault(Ec2Transaction transaction, string dhcpOptionsId, Func<string, string, string> idOf)
    {
        var vpc = Build(transaction, DefaultRange, isDefault: true, dhcpOptionsId, ResourceRecord.NoTags, idOf);
        transaction.Put(Kinds.InternetGateway, new InternetGatewayRecord { Id = vpc.InternetGatewayId!, VpcId = vpc.Id });
        var range = Cidr.Parse(DefaultRange);
        for (var i = 0; i < Zones.Count; i++)
        {
            var zone = Zones.Name(transaction.Scope.Region, i);
            transaction.Put(Kinds.Subnet, new SubnetRecord
            {
                Id = idOf(Kinds.Subnet.Prefix, zone),
                VpcId = vpc.Id,
                CidrBlock = new Cidr(range.First + ((uint)i << (32 - DefaultSubnetBits)), DefaultSubnetBits).ToString(),
                AvailabilityZone = zone,
                AvailabilityZoneId = Zones.Id(transaction.Scope.Region, i),
                IsDefault = true,
                MapPublicIpOnLaunch = true,
                AclAssociationId = idOf("aclassoc-", zone),
            });
        }

        return vpc;
    }

    private static VpcRecord Build(
        Ec2Transaction transaction,
        string range,
        bool isDefault,
        string dhcpOptionsId,
        IReadOnlyDictionary<string, string> tags,
        Func<string, string, string> idOf)
    {
        var vpc = new VpcRecord
        {
            Id = idOf(Kinds.Vpc.Prefix, "vpc"),
            CidrBlock = range,
            CidrAssociationId = idOf("vpc-cidr-assoc-", "vpc"),
            IsDefault = isDefault,
            DhcpOptionsId = dhcpOptionsId,
            DefaultGroupId = idOf(Kinds.Group.Prefix, "group"),
            RouteTableId = idOf(Kinds.RouteTable.Prefix, "routes"),
            NetworkAclId = idOf(Kinds.NetworkAcl.Prefix, "acl"),
            InternetGatewayId = isDefault ? idOf(Kinds.InternetGateway.Prefix, "gateway") : null,
            EnableDnsHostnames = isDefault,
            Tags = tags,
        };
        transaction.Put(Kinds.Vpc, vpc);
        transaction.Put(Kinds.RouteTable, new RouteTableRecord { Id = vpc.RouteTableId, VpcId = vpc.Id, AssociationId = idOf("rtbassoc-", "routes") });
        transaction.Put(Kinds.NetworkAcl, new NetworkAclRecord { Id = vpc.NetworkAclId, VpcId = vpc.Id });
        transaction.Put(Kinds.Group, new GroupRecord
        {
            Id = vpc.DefaultGroupId,
            VpcId = vpc.Id,
            Name = GroupRecord.DefaultName,
            Description = "default VPC security group",
            Rules =
            [
                new() { Id = idOf(Kinds.RulePrefix, "ingress"), Protocol = "-1", GroupId = vpc.DefaultGroupId },
                EgressToAll(idOf(Kinds.RulePrefix, "egress")),
            ],
        });
        return vpc;
    }

    /// <summary>The rule that every new group begins with.</summary>
    internal static RuleRecord EgressToAll(string id) => new() { Id = id, IsEgress = true, Protocol = "-1", CidrIpv4 = "0.0.0.0/0" };
}
