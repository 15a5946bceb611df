using Fogbank.Tests.EndToEnd.Ecs;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ec2;

public class TaskInterfaceTests(SharedRegion region) : EcsTest(region)
{
    [Fact]
    public async Task A_running_task_has_the_address_that_EC2_describes()
    {
        await PrepareAsync();
        await RegisterAsync("server", Container("main", "ip -o -4 addr show eth0; exec sleep 600"));
        var arn = await RunAsync("server");
        await BotoAsync("ecs", "wait:tasks_running", new { tasks = new[] { arn } });

        var card = Assert.Single((await AwsAsync("ec2", "describe-network-interfaces", "--filters", "Name=requester-id,Values=amazon-ecs"))["NetworkInterfaces"]!.AsArray())!;
        var address = Text(card, "PrivateIpAddress")!;
        Assert.Equal((Subnet, "in-use"), (Text(card, "SubnetId"), Text(card, "Status")));
        var details = (await DescribeAsync(arn))["attachments"]![0]!["details"]!.AsArray().ToDictionary(detail => Text(detail!, "name")!, detail => Text(detail!, "value"));
        Assert.Equal(
            (address, Text(card, "MacAddress"), Text(card, "NetworkInterfaceId")),
            (details["privateIPv4Address"], details["macAddress"], details["networkInterfaceId"]));
        var id = Text(card, "NetworkInterfaceId")!;
        Assert.Contains("is currently in use", await AwsFailsAsync("ec2", "delete-network-interface", "--network-interface-id", id), StringComparison.Ordinal);

        await BotoAsync("ecs", "stop_task", new { task = arn });
        await StoppedAsync(arn);
        Assert.Contains($"inet {address}/20", Assert.Single(await LogAsync(arn, "main")), StringComparison.Ordinal);
        Assert.Equal("InvalidNetworkInterfaceID.NotFound", (await BotoFailsAsync("ec2", "describe_network_interfaces", new { NetworkInterfaceIds = new[] { id } })).Code);
    }
}
