using Fogbank.Contracts.Ec2;
using Xunit;

namespace Fogbank.Tests.Unit.Ec2;

public sealed class InterfaceTests
{
    [Fact]
    public async Task The_same_token_makes_one_interface()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync()).SubnetId!;
        var first = await region.CreateInterfaceAsync(subnet, token: "a");
        var again = await region.CreateInterfaceAsync(subnet, token: "a");
        Assert.Equal((first.NetworkInterfaceId, first.PrivateIpAddress), (again.NetworkInterfaceId, again.PrivateIpAddress));
        Assert.Equal(10, (await region.SubnetAsync(subnet)).AvailableIpAddressCount);
        Assert.StartsWith(
            "IdempotentParameterMismatch: ",
            await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet, ClientToken = "a", Description = "other" }),
            StringComparison.Ordinal);

        await region.SendAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = first.NetworkInterfaceId! });
        Assert.NotEqual(first.NetworkInterfaceId, (await region.CreateInterfaceAsync(subnet, token: "a")).NetworkInterfaceId);
    }

    [Fact]
    public async Task What_a_service_made_is_attached_and_its_own()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync()).SubnetId!;
        var made = await region.CreateInterfaceAsync(subnet, principal: Ec2Region.Ecs);
        Assert.Equal(("amazon-ecs", true, "in-use", "attached"), (made.RequesterId, made.RequesterManaged, made.Status, made.Attachment!.Status));
        Assert.Equal(
            $"InvalidParameterValue: Network interface '{made.NetworkInterfaceId}' is currently in use.",
            await region.FailAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = made.NetworkInterfaceId! }));
        Assert.StartsWith(
            "OperationNotPermitted: ",
            await region.FailAsync(new ModifyNetworkInterfaceAttributeRequest { NetworkInterfaceId = made.NetworkInterfaceId!, Description = new() { Value = "mine" } }),
            StringComparison.Ordinal);
        Assert.StartsWith("DependencyViolation: ", await region.FailAsync(new DeleteSubnetRequest { SubnetId = subnet }), StringComparison.Ordinal);

        await region.SendAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = made.NetworkInterfaceId! }, Ec2Region.Ecs);
        await region.SendAsync(new DeleteSubnetRequest { SubnetId = subnet });
    }

    [Fact]
    public async Task Attributes_are_changed_and_described()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = await region.CreateSubnetAsync();
        var id = (await region.CreateInterfaceAsync(subnet.SubnetId!)).NetworkInterfaceId!;
        var group = (await region.SendAsync(new CreateSecurityGroupRequest { GroupName = "web", Description = "d", VpcId = subnet.VpcId })).GroupId!;
        await region.SendAsync(new ModifyNetworkInterfaceAttributeRequest
        {
            NetworkInterfaceId = id,
            Groups = [group],
            SourceDestCheck = new() { Value = false },
            Description = new() { Value = "front" },
        });
        var described = await region.SendAsync(new DescribeNetworkInterfaceAttributeRequest { NetworkInterfaceId = id, Attribute = "groupSet" });
        Assert.Equal((group, "web"), (described.Groups![0].GroupId, described.Groups[0].GroupName));
        var card = Assert.Single((await region.SendAsync(new DescribeNetworkInterfacesRequest { NetworkInterfaceIds = [id] })).NetworkInterfaces!);
        Assert.Equal(("front", false), (card.Description, card.SourceDestCheck));
        Assert.StartsWith("DependencyViolation: ", await region.FailAsync(new DeleteSecurityGroupRequest { GroupId = group }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_must_exist_and_be_of_the_same_network()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync()).SubnetId!;
        var foreign = Assert.Single((await region.SendAsync(new DescribeSecurityGroupsRequest { GroupNames = ["default"] })).SecurityGroups!).GroupId!;
        Assert.Equal(
            "InvalidGroup.NotFound: The security group 'sg-00000000000000000' does not exist",
            await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet, Groups = ["sg-00000000000000000"] }));
        Assert.Equal(
            "InvalidGroupId.Malformed: Invalid id: \"web\" (expecting \"sg-...\")",
            await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet, Groups = ["web"] }));
        Assert.Equal(
            "InvalidParameter: You have specified two resources that belong to different networks.",
            await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet, Groups = [foreign] }));
        Assert.Equal(11, (await region.SubnetAsync(subnet)).AvailableIpAddressCount);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync()).SubnetId!;
        Assert.Equal(
            "DryRunOperation: Request would have succeeded, but DryRun flag is set.",
            await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet, DryRun = true }));
        Assert.Equal(
            "InvalidSubnetID.NotFound: The subnet ID 'subnet-1' does not exist",
            await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = "subnet-1", DryRun = true }));
        Assert.Equal(11, (await region.SubnetAsync(subnet)).AvailableIpAddressCount);
        Assert.Empty((await region.SendAsync(new DescribeNetworkInterfacesRequest())).NetworkInterfaces!);
    }
}
