using Fogbank.Contracts.Ec2;
using Xunit;

namespace Fogbank.Tests.Unit.Ec2;

public sealed class SecurityGroupTests
{
    [Fact]
    public async Task Rules_are_added_described_and_removed()
    {
        await using var region = await Ec2Region.StartAsync();
        var id = await CreateAsync(region, "web");
        IpPermission ssh = new() { IpProtocol = "6", FromPort = 22, ToPort = 22, IpRanges = [new() { CidrIp = "10.1.2.3/8", Description = "inside" }] };
        IpPermission all = new() { IpProtocol = "-1", UserIdGroupPairs = [new() { GroupId = id }], Ipv6Ranges = [new() { CidrIpv6 = "::/0" }] };
        var added = await region.SendAsync(new AuthorizeSecurityGroupIngressRequest { GroupId = id, IpPermissions = [ssh, all] });
        Assert.Equal(3, added.SecurityGroupRules!.Count);

        var group = Assert.Single((await region.SendAsync(new DescribeSecurityGroupsRequest { GroupIds = [id] })).SecurityGroups!);
        var described = group.IpPermissions!.Single(permission => permission.IpProtocol == "tcp");
        Assert.Equal((22, 22, "10.0.0.0/8", "inside"), (described.FromPort, described.ToPort, described.IpRanges![0].CidrIp, described.IpRanges[0].Description));
        Assert.Equal("0.0.0.0/0", Assert.Single(Assert.Single(group.IpPermissionsEgress!).IpRanges!).CidrIp);
        var rules = await region.SendAsync(new DescribeSecurityGroupRulesRequest { Filters = [new() { Name = "group-id", Values = [id] }] });
        Assert.Equal(4, rules.SecurityGroupRules!.Count);

        Assert.Equal(
            "InvalidPermission.Duplicate: the specified rule \"peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW\" already exists",
            await region.FailAsync(new AuthorizeSecurityGroupIngressRequest { GroupId = id, IpProtocol = "tcp", FromPort = 22, ToPort = 22, CidrIp = "10.0.0.0/8" }));
        await region.SendAsync(new RevokeSecurityGroupIngressRequest { GroupId = id, IpPermissions = [ssh] });
        await region.SendAsync(new RevokeSecurityGroupIngressRequest { GroupId = id, SecurityGroupRuleIds = [.. added.SecurityGroupRules.Skip(1).Select(rule => rule.SecurityGroupRuleId!)] });
        Assert.Empty(Assert.Single((await region.SendAsync(new DescribeSecurityGroupsRequest { GroupIds = [id] })).SecurityGroups!).IpPermissions!);
    }

    [Fact]
    public async Task A_rule_that_is_not_there_is_told_in_the_default_VPC_and_refused_elsewhere()
    {
        await using var region = await Ec2Region.StartAsync();
        var id = await CreateAsync(region, "web");
        IpPermission ssh = new() { IpProtocol = "tcp", FromPort = 22, ToPort = 22, IpRanges = [new() { CidrIp = "10.0.0.0/8" }] };
        var answer = await region.SendAsync(new RevokeSecurityGroupIngressRequest { GroupId = id, IpPermissions = [ssh] });
        Assert.Equal(22, Assert.Single(answer.UnknownIpPermissions!).FromPort);
        var vpc = (await region.SendAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId;
        var other = (await region.SendAsync(new CreateSecurityGroupRequest { GroupName = "web", Description = "d", VpcId = vpc })).GroupId!;
        Assert.Equal(
            "InvalidPermission.NotFound: The specified rule does not exist in this security group.",
            await region.FailAsync(new RevokeSecurityGroupIngressRequest { GroupId = other, IpPermissions = [ssh] }));
    }

    [Theory]
    [InlineData("tcp", 22, null, "10.0.0.0/8", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")]
    [InlineData("udp", 80, 22, "10.0.0.0/8", "Invalid TCP/UDP port range (80:22)")]
    [InlineData("tcp", 22, 22, "10.0.0.0/33", "CIDR block 10.0.0.0/33 is malformed")]
    [InlineData("carrier-pigeon", 1, 1, "10.0.0.0/8", "Invalid value 'carrier-pigeon' for IP protocol. Unknown protocol.")]
    public async Task Bad_rules_are_refused(string protocol, int? from, int? to, string range, string message)
    {
        await using var region = await Ec2Region.StartAsync();
        var id = await CreateAsync(region, "web");
        Assert.Equal(
            "InvalidParameterValue: " + message,
            await region.FailAsync(new AuthorizeSecurityGroupIngressRequest
            {
                GroupId = id,
                IpPermissions = [new() { IpProtocol = protocol, FromPort = from, ToPort = to, IpRanges = [new() { CidrIp = range }] }],
            }));
    }

    [Fact]
    public async Task Names_are_unique_in_a_VPC_and_the_default_group_stays()
    {
        await using var region = await Ec2Region.StartAsync();
        var vpc = (await region.DefaultVpcAsync()).VpcId;
        await CreateAsync(region, "web");
        Assert.Equal(
            $"InvalidGroup.Duplicate: The security group 'web' already exists for VPC '{vpc}'",
            await region.FailAsync(new CreateSecurityGroupRequest { GroupName = "web", Description = "d" }));
        Assert.Equal(
            $"InvalidGroup.NotFound: The security group 'db' does not exist in VPC '{vpc}'", await region.FailAsync(new DeleteSecurityGroupRequest { GroupName = "db" }));
        Assert.StartsWith("CannotDelete: ", await region.FailAsync(new DeleteSecurityGroupRequest { GroupName = "default" }), StringComparison.Ordinal);
        await region.SendAsync(new DeleteSecurityGroupRequest { GroupName = "web" });
        Assert.Single((await region.SendAsync(new DescribeSecurityGroupsRequest())).SecurityGroups!);
    }

    [Fact]
    public async Task A_direction_has_sixty_rules_at_most()
    {
        await using var region = await Ec2Region.StartAsync();
        var id = await CreateAsync(region, "web");
        AuthorizeSecurityGroupIngressRequest Request(int from, int count) => new()
        {
            GroupId = id,
            IpPermissions = [new() { IpProtocol = "tcp", FromPort = 1, ToPort = 1, IpRanges = [.. Enumerable.Range(from, count).Select(i => new IpRange { CidrIp = $"10.0.{i}.0/24" })] }],
        };
        await region.SendAsync(Request(0, 60));
        Assert.StartsWith("RulesPerSecurityGroupLimitExceeded: ", await region.FailAsync(Request(60, 1)), StringComparison.Ordinal);
    }

    private static async Task<string> CreateAsync(Ec2Region region, string name) =>
        (await region.SendAsync(new CreateSecurityGroupRequest { GroupName = name, Description = "for tests" })).GroupId!;
}
