using Fogbank.Contracts.Ec2;
using Xunit;

namespace Fogbank.Tests.Unit.Ec2;

public sealed class AddressTests
{
    [Fact]
    public async Task A_subnet_gives_every_address_once_and_then_none()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = await region.CreateSubnetAsync();
        Assert.Equal(11, subnet.AvailableIpAddressCount);
        var given = new List<string>();
        for (var left = 10; left >= 0; left--)
        {
            given.Add((await region.CreateInterfaceAsync(subnet.SubnetId!)).PrivateIpAddress!);
            Assert.Equal(left, (await region.SubnetAsync(subnet.SubnetId!)).AvailableIpAddressCount);
        }

        // 10.0.0.0 to .3 and .15 are reserved.
        Assert.Equal(Enumerable.Range(4, 11).Select(i => $"10.0.0.{i}"), given);
        Assert.StartsWith(
            "InsufficientFreeAddressesInSubnet: ",
            await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet.SubnetId! }),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_came_back_is_given_again_last()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync()).SubnetId!;
        var first = await region.CreateInterfaceAsync(subnet);
        await region.SendAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = first.NetworkInterfaceId! });
        var given = new List<string>();
        for (var i = 0; i < 11; i++)
        {
            given.Add((await region.CreateInterfaceAsync(subnet)).PrivateIpAddress!);
        }

        Assert.Equal(11, given.Distinct().Count());
        Assert.Equal(first.PrivateIpAddress, given[^1]);
    }

    [Fact]
    public async Task Callers_at_once_get_different_addresses()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync("10.0.0.0/24")).SubnetId!;
        var given = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ => (await region.CreateInterfaceAsync(subnet)).PrivateIpAddress!));
        Assert.Equal(200, given.Distinct().Count());
        Assert.Equal(51, (await region.SubnetAsync(subnet)).AvailableIpAddressCount);
    }

    [Theory]
    [InlineData("10.0.0.3", "InvalidParameterValue: Address 10.0.0.3 is in subnet's reserved address range")]
    [InlineData("10.0.0.15", "InvalidParameterValue: Address 10.0.0.15 is in subnet's reserved address range")]
    [InlineData("10.0.1.4", "InvalidParameterValue: Address 10.0.1.4 does not fall within the subnet's address range")]
    [InlineData("010.0.0.5", "InvalidParameterValue: Value (010.0.0.5) for parameter privateIpAddress is invalid. This is not a valid IPv4 address.")]
    [InlineData("10.0.0.9", "InvalidIPAddress.InUse: Address 10.0.0.9 is in use.")]
    public async Task An_address_that_cannot_be_given_is_refused(string address, string error)
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync()).SubnetId!;
        await region.CreateInterfaceAsync(subnet, "10.0.0.9");
        Assert.Equal(error, await region.FailAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet, PrivateIpAddress = address }));
        Assert.Equal(10, (await region.SubnetAsync(subnet)).AvailableIpAddressCount);
    }

    [Fact]
    public async Task An_interface_can_have_several()
    {
        await using var region = await Ec2Region.StartAsync();
        var subnet = (await region.CreateSubnetAsync()).SubnetId!;
        var made = (await region.SendAsync(new CreateNetworkInterfaceRequest
        {
            SubnetId = subnet,
            PrivateIpAddress = "10.0.0.6",
            SecondaryPrivateIpAddressCount = 2,
        })).NetworkInterface!;
        Assert.Equal([("10.0.0.6", true), ("10.0.0.4", false), ("10.0.0.5", false)], made.PrivateIpAddresses!.Select(a => (a.PrivateIpAddress!, a.Primary is true)));
        await region.SendAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = made.NetworkInterfaceId! });
        Assert.Equal(11, (await region.SubnetAsync(subnet)).AvailableIpAddressCount);
    }
}
