using Fogbank.Contracts.Ec2;
using Xunit;

namespace Fogbank.Tests.Unit.Ec2;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("10.0.0.0/15", "InvalidVpc.Range: The CIDR '10.0.0.0/15' is invalid.")]
    [InlineData("10.0.0.0/29", "InvalidVpc.Range: The CIDR '10.0.0.0/29' is invalid.")]
    [InlineData("10.0.0/16", "InvalidParameterValue: Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.")]
    [InlineData("10.0.0.0/016", "InvalidParameterValue: Value (10.0.0.0/016) for parameter cidrBlock is invalid. This is not a valid CIDR block.")]
    [InlineData("10.0.0.0", "InvalidParameterValue: Value (10.0.0.0) for parameter cidrBlock is invalid. This is not a valid CIDR block.")]
    public async Task A_VPC_has_between_16_and_28_bits(string range, string error)
    {
        await using var region = await Ec2Region.StartAsync();
        Assert.Equal(error, await region.FailAsync(new CreateVpcRequest { CidrBlock = range }));
    }

    [Fact]
    public async Task Bits_behind_the_prefix_are_dropped()
    {
        await using var region = await Ec2Region.StartAsync();
        Assert.Equal("100.68.0.0/18", (await region.SendAsync(new CreateVpcRequest { CidrBlock = "100.68.0.18/18" })).Vpc!.CidrBlock);
    }

    [Fact]
    public async Task Subnets_lie_within_their_VPC_and_beside_each_other()
    {
        await using var region = await Ec2Region.StartAsync();
        var vpc = (await region.SendAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        var made = (await region.SendAsync(new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.0.1.0/24", AvailabilityZone = "eu-west-1b" })).Subnet!;
        Assert.Equal((251, "euw1-az2", false), (made.AvailableIpAddressCount, made.AvailabilityZoneId, made.DefaultForAz));
        Assert.Equal(
            "InvalidSubnet.Conflict: The CIDR '10.0.0.0/22' conflicts with another subnet",
            await region.FailAsync(new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.0.0.0/22" }));
        Assert.Equal(
            "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.", await region.FailAsync(new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.1.0.0/24" }));
        Assert.Equal(
            "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist", await region.FailAsync(new CreateSubnetRequest { VpcId = "vpc-1", CidrBlock = "10.1.0.0/24" }));
        Assert.StartsWith(
            "InvalidParameterValue: Value (eu-west-1z)",
            await region.FailAsync(new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.0.9.0/24", AvailabilityZone = "eu-west-1z" }),
            StringComparison.Ordinal);
        Assert.Equal(
            $"DependencyViolation: The vpc '{vpc}' has dependencies and cannot be deleted.", await region.FailAsync(new DeleteVpcRequest { VpcId = vpc }));
        await region.SendAsync(new DeleteSubnetRequest { SubnetId = made.SubnetId! });
        await region.SendAsync(new DeleteVpcRequest { VpcId = vpc });
        Assert.Single((await region.SendAsync(new DescribeRouteTablesRequest())).RouteTables!);
    }

    [Fact]
    public async Task Lists_are_filtered_with_wildcards_and_paged()
    {
        await using var region = await Ec2Region.StartAsync();
        var vpc = (await region.SendAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/16" })).Vpc!.VpcId!;
        for (var i = 0; i < 12; i++)
        {
            await region.SendAsync(new CreateSubnetRequest
            {
                VpcId = vpc,
                CidrBlock = $"10.0.{i}.0/24",
                TagSpecifications = [new() { ResourceType = "subnet", Tags = [new() { Key = "Name", Value = i % 2 == 0 ? $"even-{i}" : $"odd-{i}" }] }],
            });
        }

        Filter[] filters = [new() { Name = "vpc-id", Values = [vpc] }, new() { Name = "tag:Name", Values = ["even-*", "odd-?1"] }];
        var seen = new List<string>();
        string? next = null;
        var pages = 0;
        do
        {
            var page = await region.SendAsync(new DescribeSubnetsRequest { Filters = filters, MaxResults = 5, NextToken = next });
            seen.AddRange(page.Subnets!.Select(subnet => subnet.CidrBlock!));
            next = page.NextToken;
            pages++;
        }
        while (next is not null);

        Assert.Equal(2, pages);
        Assert.Equal(new[] { 0, 2, 4, 6, 8, 10, 11 }.Select(i => $"10.0.{i}.0/24").Order(), seen.Order());
        Assert.Equal(
            "InvalidParameterValue: The filter 'colour' is invalid", await region.FailAsync(new DescribeSubnetsRequest { Filters = [new() { Name = "colour", Values = ["red"] }] }));
        Assert.StartsWith("InvalidNextToken: ", await region.FailAsync(new DescribeSubnetsRequest { NextToken = "!" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_are_kept_on_everything_and_listed()
    {
        await using var region = await Ec2Region.StartAsync();
        var vpc = (await region.DefaultVpcAsync()).VpcId!;
        var rule = (await region.SendAsync(new DescribeSecurityGroupRulesRequest())).SecurityGroupRules![0].SecurityGroupRuleId!;
        await region.SendAsync(new CreateTagsRequest { Resources = [vpc, rule], Tags = [new() { Key = "a", Value = "1" }, new() { Key = "b" }] });
        var tags = (await region.SendAsync(new DescribeTagsRequest())).Tags!;
        Assert.Equal(
            [$"{rule} security-group-rule a=1", $"{rule} security-group-rule b=", $"{vpc} vpc a=1", $"{vpc} vpc b="],
            tags.Select(tag => $"{tag.ResourceId} {tag.ResourceType} {tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        await region.SendAsync(new DeleteTagsRequest { Resources = [vpc], Tags = [new() { Key = "a", Value = "2" }, new() { Key = "b" }] });
        var left = await region.SendAsync(new DescribeTagsRequest { Filters = [new() { Name = "resource-id", Values = [vpc] }] });
        Assert.Equal("a", Assert.Single(left.Tags!).Key);
        Assert.Equal(
            "InvalidID: The ID 'i-nothing' is not valid",
            await region.FailAsync(new CreateTagsRequest { Resources = [vpc, "i-nothing"], Tags = [new() { Key = "c", Value = "" }] }));
        Assert.StartsWith(
            "InvalidParameterValue: ", await region.FailAsync(new CreateTagsRequest { Resources = [vpc], Tags = [new() { Key = "aws:x", Value = "" }] }), StringComparison.Ordinal);
        Assert.Equal(3, (await region.SendAsync(new DescribeTagsRequest())).Tags!.Count);
    }
}
