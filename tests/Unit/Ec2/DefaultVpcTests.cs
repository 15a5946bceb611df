using Fogbank.Contracts.Ec2;
using Xunit;

namespace Fogbank.Tests.Unit.Ec2;

public sealed class DefaultVpcTests
{
    [Fact]
    public async Task Every_account_has_one_in_every_region_with_all_that_belongs_to_it()
    {
        await using var region = await Ec2Region.StartAsync();
        var vpc = await region.DefaultVpcAsync();
        Assert.Equal("172.31.0.0/16", vpc.CidrBlock);
        Assert.Matches("^vpc-[0-9a-f]{17}$", vpc.VpcId);

        var subnets = (await region.SendAsync(new DescribeSubnetsRequest())).Subnets!.OrderBy(subnet => subnet.AvailabilityZone).ToList();
        Assert.Equal(
            [("eu-west-1a", "172.31.0.0/20"), ("eu-west-1b", "172.31.16.0/20"), ("eu-west-1c", "172.31.32.0/20")],
            subnets.Select(subnet => (subnet.AvailabilityZone!, subnet.CidrBlock!)));
        Assert.All(subnets, subnet => Assert.Equal((4091, true, vpc.VpcId), (subnet.AvailableIpAddressCount, subnet.DefaultForAz, subnet.VpcId)));

        var group = Assert.Single((await region.SendAsync(new DescribeSecurityGroupsRequest())).SecurityGroups!);
        Assert.Equal(("default", "default VPC security group"), (group.GroupName, group.Description));
        Assert.Equal(group.GroupId, Assert.Single(Assert.Single(group.IpPermissions!).UserIdGroupPairs!).GroupId);
        var gateway = Assert.Single((await region.SendAsync(new DescribeInternetGatewaysRequest())).InternetGateways!);
        var routes = Assert.Single((await region.SendAsync(new DescribeRouteTablesRequest())).RouteTables!).Routes!;
        Assert.Equal(["local", gateway.InternetGatewayId], routes.Select(route => route.GatewayId));
        var acl = Assert.Single((await region.SendAsync(new DescribeNetworkAclsRequest())).NetworkAcls!);
        Assert.Equal(subnets.Select(subnet => subnet.SubnetId).Order(), acl.Associations!.Select(set => set.SubnetId).Order());
        var options = Assert.Single((await region.SendAsync(new DescribeDhcpOptionsRequest())).DhcpOptions!);
        Assert.Equal(vpc.DhcpOptionsId, options.DhcpOptionsId);
    }

    [Fact]
    public async Task Its_ids_follow_from_account_and_region()
    {
        await using var one = await Ec2Region.StartAsync();
        await using var other = await Ec2Region.StartAsync();
        var elsewhere = new Kernel.Scope(Ec2Region.Scope.AccountId, "us-east-1");
        Assert.Equal((await one.DefaultVpcAsync()).VpcId, (await other.DefaultVpcAsync()).VpcId);
        Assert.NotEqual((await one.DefaultVpcAsync()).VpcId, (await one.DefaultVpcAsync(elsewhere)).VpcId);
    }

    [Fact]
    public async Task A_deleted_one_stays_away_until_it_is_asked_for_again()
    {
        var directory = Directory.CreateTempSubdirectory("fogbank-ec2-");
        try
        {
            string first;
            await using (var region = await Ec2Region.StartAsync(directory.FullName))
            {
                first = (await region.DefaultVpcAsync()).VpcId!;
                Assert.StartsWith("DependencyViolation: ", await region.FailAsync(new DeleteVpcRequest { VpcId = first }), StringComparison.Ordinal);
                foreach (var subnet in (await region.SendAsync(new DescribeSubnetsRequest())).Subnets!)
                {
                    await region.SendAsync(new DeleteSubnetRequest { SubnetId = subnet.SubnetId! });
                }

                await region.SendAsync(new DeleteVpcRequest { VpcId = first });
            }

            await using var again = await Ec2Region.StartAsync(directory.FullName);
            Assert.Empty((await again.SendAsync(new DescribeVpcsRequest())).Vpcs!);
            Assert.Empty((await again.SendAsync(new DescribeSecurityGroupsRequest())).SecurityGroups!);
            var made = (await again.SendAsync(new CreateDefaultVpcRequest())).Vpc!;
            Assert.NotEqual(first, made.VpcId);
            Assert.Equal(
                "DefaultVpcAlreadyExists: A Default VPC already exists for this account in this region.", await again.FailAsync(new CreateDefaultVpcRequest()));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
