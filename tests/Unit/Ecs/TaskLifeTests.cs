using Fogbank.Contracts.Ec2;
using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace Fogbank.Tests.Unit.Ecs;

/// <summary>Whole lives of tasks over a fake machine, and regions that die in them.</summary>
public sealed class TaskLifeTests
{
    [Fact]
    public async Task A_task_runs_logs_and_ends_with_its_exit_code()
    {
        var machine = new FakeMachine();
        await using var region = await EcsRegion.StartAsync(machine);
        await region.DefineAsync("hello", EcsRegion.Container("main", "exit", "3", "hello", "world"));
        var task = await region.RunAsync("hello");
        Assert.Equal("PROVISIONING", task.LastStatus);

        var stopped = await region.WaitStoppedAsync(task.TaskArn!);
        Assert.Equal(("EssentialContainerExited", "Essential container in task exited"), (stopped.StopCode, stopped.StoppedReason));
        Assert.Equal((3, "STOPPED", "sha256:1"), (stopped.Containers![0].ExitCode!.Value, stopped.Containers[0].LastStatus, stopped.Containers[0].ImageDigest));
        Assert.Equal(["hello", "world"], await region.LogAsync(task.TaskArn!, "main"));
        Assert.Empty(machine.Groups);
        DateTimeOffset?[] times = [stopped.CreatedAt, stopped.PullStartedAt, stopped.PullStoppedAt, stopped.StartedAt, stopped.StoppingAt, stopped.StoppedAt];
        Assert.DoesNotContain(null, times);
        Assert.Equal(times.Order(), times);
        Assert.Equal(2, region.Sinks.Usage.Count());
        Assert.Equal(256 / 1024m / 60, region.Sinks.Usage.First().Usage.Quantity);
        Assert.Equal(
            ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"],
            region.Sinks.Events.Select(item => item.Detail.GetProperty("lastStatus").GetString()).Distinct());
    }

    [Fact]
    public async Task The_first_cluster_brings_the_service_linked_role()
    {
        await using var region = await EcsRegion.StartAsync(new());
        await region.SendAsync(new CreateClusterRequest());
        await region.SendAsync(new CreateClusterRequest { ClusterName = "second" });
        var role = (await region.SendAsync(new Fogbank.Contracts.Iam.GetRoleRequest { RoleName = "AWSServiceRoleForECS" })).Role!;
        Assert.Equal("arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", role.Arn);
    }

    public static TheoryData<int> Points() => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_region_that_dies_at_any_point_of_the_engine_starts_nothing_twice_and_loses_nothing(int point)
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-ecs-").FullName;
        try
        {
            var machine = new FakeMachine { HangAt = point };
            string arn;
            await using (var region = await EcsRegion.StartAsync(machine, folder))
            {
                await region.DefineAsync("hello", EcsRegion.Container("main", "exit", "3", "one", "two"));
                arn = (await region.RunAsync("hello")).TaskArn!;
                await Task.WhenAny(machine.Hung.Task, region.WaitStoppedAsync(arn));
            }

            machine.Recover();
            await using (var region = await EcsRegion.StartAsync(machine, folder))
            {
                var stopped = await region.WaitStoppedAsync(arn);
                Assert.Equal((3, "EssentialContainerExited"), (stopped.Containers![0].ExitCode!.Value, stopped.StopCode));
                Assert.Equal(["one", "two"], await region.LogAsync(arn, "main"));
            }

            Assert.Single(machine.Starts);
            Assert.Empty(machine.Groups);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_task_that_is_to_stop_stops_although_its_region_dies(int point)
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-ecs-").FullName;
        try
        {
            var machine = new FakeMachine();
            string arn;
            await using (var region = await EcsRegion.StartAsync(machine, folder))
            {
                await region.DefineAsync("server", EcsRegion.Container("main", "run"));
                arn = (await region.RunAsync("server")).TaskArn!;
                await region.WaitAsync(arn, task => task.LastStatus == "RUNNING");
                machine.HangAt = point;
                await region.SendAsync(new StopTaskRequest { Task = arn });
                await Task.WhenAny(machine.Hung.Task, region.WaitStoppedAsync(arn));
            }

            machine.Recover();
            await using (var region = await EcsRegion.StartAsync(machine, folder))
            {
                var stopped = await region.WaitStoppedAsync(arn);
                Assert.Equal((143, "UserInitiated", "Task stopped by user"), (stopped.Containers![0].ExitCode!.Value, stopped.StopCode, stopped.StoppedReason));
            }

            Assert.Single(machine.Starts);
            Assert.Empty(machine.Groups);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_task_whose_frame_is_gone_ends_without_an_exit_code()
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-ecs-").FullName;
        try
        {
            var machine = new FakeMachine();
            string arn;
            await using (var region = await EcsRegion.StartAsync(machine, folder))
            {
                await region.DefineAsync("server", EcsRegion.Container("main", "run"));
                arn = (await region.RunAsync("server")).TaskArn!;
                await region.WaitAsync(arn, task => task.LastStatus == "RUNNING");
            }

            machine.Groups.Clear();
            await using (var region = await EcsRegion.StartAsync(machine, folder))
            {
                var stopped = await region.WaitStoppedAsync(arn);
                Assert.Null(stopped.Containers![0].ExitCode);
                Assert.Equal("EssentialContainerExited", stopped.StopCode);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_does_not_fit_the_machine_waits_until_it_does()
    {
        await using var region = await EcsRegion.StartAsync(new(), options: new() { Cpus = 0.5, MemoryBytes = 8L << 30 });
        await region.DefineAsync("server", EcsRegion.Container("main", "run"));
        var running = (await region.SendAsync(EcsRegion.Request("server", count: 2))).Tasks!;
        foreach (var task in running)
        {
            await region.WaitAsync(task.TaskArn!, current => current.LastStatus == "RUNNING");
        }

        var waiting = await region.RunAsync("server");
        var reason = (await region.WaitAsync(waiting.TaskArn!, task => task.StoppedReason is not null)).StoppedReason;
        Assert.StartsWith("Capacity is unavailable at this time.", reason, StringComparison.Ordinal);
        await region.SendAsync(new StopTaskRequest { Task = running[0].TaskArn! });
        var started = await region.WaitAsync(waiting.TaskArn!, task => task.LastStatus == "RUNNING");
        Assert.Null(started.StoppedReason);
    }

    [Theory]
    [InlineData("nowhere:1", "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref nowhere:1: nowhere:1: not found")]
    [InlineData("repository:tag", "CannotStartContainerError: failed to create shim task: OCI runtime create failed: unable to start container process: no such file")]
    public async Task What_cannot_start_says_why(string image, string reason)
    {
        await using var region = await EcsRegion.StartAsync(new());
        var container = EcsRegion.Container("main", "missing");
        await region.DefineAsync("broken", new ContainerDefinition { Name = "main", Image = image, Command = ["missing"], LogConfiguration = container.LogConfiguration });
        var stopped = await region.WaitStoppedAsync((await region.RunAsync("broken")).TaskArn!);
        Assert.Equal(("TaskFailedToStart", reason), (stopped.StopCode, stopped.StoppedReason));
    }

    [Fact]
    public async Task A_client_token_starts_its_tasks_once()
    {
        await using var region = await EcsRegion.StartAsync(new());
        await region.DefineAsync("server", EcsRegion.Container("main", "run"));
        var first = await region.RunAsync("server", "token");
        Assert.Equal(first.TaskArn, (await region.RunAsync("server", "token")).TaskArn);
        var other = await Assert.ThrowsAsync<AwsException>(() => region.RunAsync("server", "token", 2));
        Assert.Equal("ConflictException", other.Code.Name);
    }

    [Theory]
    [InlineData("subnet-1", null, "Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)")]
    [InlineData(
        EcsRegion.Subnet, "sg-1", "Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)")]
    public async Task A_network_that_does_not_exist_is_refused(string subnet, string? group, string message)
    {
        await using var region = await EcsRegion.StartAsync(new());
        await region.DefineAsync("server", EcsRegion.Container("main", "run"));
        var refused = await Assert.ThrowsAsync<AwsException>(async () => await region.SendAsync(new RunTaskRequest
        {
            TaskDefinition = "server",
            LaunchType = LaunchType.Fargate,
            NetworkConfiguration = new() { AwsvpcConfiguration = new() { Subnets = [subnet], SecurityGroups = group is null ? null : [group] } },
        }));
        Assert.Equal(("InvalidParameterException", message), (refused.Code.Name, refused.Message));
    }

    [Fact]
    public async Task The_interface_of_a_task_is_described_by_EC2_while_it_runs()
    {
        await using var region = await EcsRegion.StartAsync(new());
        await region.DefineAsync("server", EcsRegion.Container("main", "run"));
        var arn = (await region.RunAsync("server")).TaskArn!;
        var running = await region.WaitAsync(arn, task => task.LastStatus == "RUNNING");
        var card = Assert.Single((await region.SendAsync(new DescribeNetworkInterfacesRequest())).NetworkInterfaces!);
        Assert.Equal(running.Attachments![0].Details!.Single(detail => detail.Name == "privateIPv4Address").Value, card.PrivateIpAddress);
        Assert.Equal(
            (EcsRegion.Subnet, "amazon-ecs", $"arn:aws:ecs:us-east-1:000000000000:attachment/{running.Attachments[0].Id}"),
            (card.SubnetId, card.RequesterId, card.Description));
        await region.SendAsync(new StopTaskRequest { Task = arn });
        await region.WaitStoppedAsync(arn);
        Assert.Empty((await region.SendAsync(new DescribeNetworkInterfacesRequest())).NetworkInterfaces!);
    }

    [Fact]
    public async Task A_role_that_cannot_be_assumed_is_refused()
    {
        await using var region = await EcsRegion.StartAsync(new());
        await region.DefineAsync("server", EcsRegion.Container("main", "run"));
        var request = EcsRegion.Request("server");
        var refused = await Assert.ThrowsAsync<AwsException>(async () => await region.SendAsync(new RunTaskRequest
        {
            TaskDefinition = request.TaskDefinition,
            LaunchType = request.LaunchType,
            NetworkConfiguration = request.NetworkConfiguration,
            Overrides = new() { TaskRoleArn = "arn:aws:iam::000000000000:role/nobody" },
        }));
        Assert.Equal("ClientException", refused.Code.Name);
        Assert.StartsWith("ECS was unable to assume the role", refused.Message, StringComparison.Ordinal);
    }
}
