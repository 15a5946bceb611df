using Fogbank.Contracts.Ec2;
using Fogbank.Services.Ecs.Runtime;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace Fogbank.Tests.Unit.Ecs;

/// <summary>A task has one interface, whatever ends between asking for it and knowing of it.</summary>
public sealed class TaskInterfaceTests
{
    [Fact]
    public async Task Asking_again_gives_the_same_interface()
    {
        await using var region = await EcsRegion.StartAsync(new());
        var networks = region.Get<ITaskNetworks>();
        var task = TaskSamples.Task(TaskSamples.Definition()) with { Network = new() { SubnetIds = [EcsRegion.Subnet], AttachmentId = "attachment" } };
        var first = await networks.AttachAsync(task, TestContext.Current.CancellationToken);
        var again = await networks.AttachAsync(task, TestContext.Current.CancellationToken);
        Assert.Equal(first, again);
        Assert.Equal(("172.31.0.0/16", "172.31.0.0/20", "172.31.0.1", first.VpcId), (first.VpcRange, first.SubnetRange, first.Gateway, first.Network));
        Assert.Single((await region.SendAsync(new DescribeNetworkInterfacesRequest())).NetworkInterfaces!);

        var known = task with { Network = task.Network with { Interface = first } };
        await networks.DetachAsync(known, TestContext.Current.CancellationToken);
        await networks.DetachAsync(known, TestContext.Current.CancellationToken);
        Assert.Empty((await region.SendAsync(new DescribeNetworkInterfacesRequest())).NetworkInterfaces!);
    }

    [Fact]
    public async Task An_interface_that_the_task_does_not_know_of_is_taken_back_too()
    {
        await using var region = await EcsRegion.StartAsync(new());
        var networks = region.Get<ITaskNetworks>();
        var task = TaskSamples.Task(TaskSamples.Definition()) with { Network = new() { SubnetIds = [EcsRegion.Subnet], AttachmentId = "attachment" } };
        await networks.AttachAsync(task, TestContext.Current.CancellationToken);
        await networks.DetachAsync(task, TestContext.Current.CancellationToken);
        Assert.Empty((await region.SendAsync(new DescribeNetworkInterfacesRequest())).NetworkInterfaces!);
    }

    [Fact]
    public async Task A_full_subnet_is_told_in_the_words_of_AWS()
    {
        await using var region = await EcsRegion.StartAsync(new());
        var vpc = (await region.SendAsync(new CreateVpcRequest { CidrBlock = "10.0.0.0/28" })).Vpc!.VpcId!;
        var subnet = (await region.SendAsync(new CreateSubnetRequest { VpcId = vpc, CidrBlock = "10.0.0.0/28" })).Subnet!.SubnetId!;
        await region.SendAsync(new CreateNetworkInterfaceRequest { SubnetId = subnet, SecondaryPrivateIpAddressCount = 10 });
        var task = TaskSamples.Task(TaskSamples.Definition()) with { Network = new() { SubnetIds = [subnet], AttachmentId = "attachment" } };
        var failure = await Assert.ThrowsAsync<TaskFailure>(async () => await region.Get<ITaskNetworks>().AttachAsync(task, TestContext.Current.CancellationToken));
        Assert.Equal(
            $"Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet '{subnet}': InsufficientFreeAddressesInSubnet",
            failure.Message);
    }
}
