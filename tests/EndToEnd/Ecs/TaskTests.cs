using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ecs;

/// <summary>Fargate tasks that really run, through real clients.</summary>
public sealed class TaskTests(SharedRegion region) : EcsTest(region)
{
    [Fact]
    public async Task A_task_runs_logs_and_ends_with_its_exit_code()
    {
        await PrepareAsync();
        await RegisterAsync("hello", Container("main", "echo hello; exit 3"));
        var arn = await RunAsync("hello");
        var task = await StoppedAsync(arn);
        Assert.Equal(("STOPPED", "EssentialContainerExited", "Essential container in task exited"), (Text(task, "lastStatus"), Text(task, "stopCode"), Text(task, "stoppedReason")));
        var container = task["containers"]![0]!;
        Assert.Equal(3, container["exitCode"]!.GetValue<int>());
        Assert.StartsWith("sha256:", Text(container, "imageDigest"), StringComparison.Ordinal);
        Assert.StartsWith(arn.Split('/')[^1] + "-", Text(container, "runtimeId"), StringComparison.Ordinal);
        Assert.Equal(["hello"], await LogAsync(arn, "main"));
    }

    [Fact]
    public async Task Containers_share_network_and_volumes_and_start_in_order()
    {
        await PrepareAsync();
        var init = Container("init", "echo shared > /data/file");
        init["essential"] = false;
        init["mountPoints"] = new JsonArray(new JsonObject { ["sourceVolume"] = "data", ["containerPath"] = "/data" });
        var server = Container("server", "httpd -f -p 8080 -h /etc & trap 'exit 0' TERM; wait");
        server["essential"] = false;
        server["healthCheck"] = new JsonObject { ["command"] = new JsonArray("CMD-SHELL", "wget -qO- http://127.0.0.1:8080/passwd"), ["interval"] = 5 };
        var main = Container("main", "cat /mnt/file; wget -qO- http://127.0.0.1:8080/passwd");
        main["mountPoints"] = new JsonArray(new JsonObject { ["sourceVolume"] = "data", ["containerPath"] = "/mnt", ["readOnly"] = true });
        main["dependsOn"] = new JsonArray(
            new JsonObject { ["containerName"] = "init", ["condition"] = "SUCCESS" }, new JsonObject { ["containerName"] = "server", ["condition"] = "HEALTHY" });
        await BotoAsync("ecs", "register_task_definition", new JsonObject
        {
            ["family"] = "several",
            ["networkMode"] = "awsvpc",
            ["requiresCompatibilities"] = new JsonArray("FARGATE"),
            ["cpu"] = "256",
            ["memory"] = "512",
            ["executionRoleArn"] = Role,
            ["volumes"] = new JsonArray(new JsonObject { ["name"] = "data" }),
            ["containerDefinitions"] = new JsonArray(init, server, main),
        });
        var arn = await RunAsync("several");
        var task = await StoppedAsync(arn);
        Assert.All(task["containers"]!.AsArray(), container => Assert.Equal(0, container!["exitCode"]!.GetValue<int>()));
        Assert.Equal(["shared", "root:x:0:0:root:/:/bin/sh", "app:x:1000:1000::/:/bin/sh"], await LogAsync(arn, "main"));
    }

    [Fact]
    public async Task A_stopped_task_gets_its_signal_and_says_who_stopped_it()
    {
        await PrepareAsync();
        await RegisterAsync("server", Container("main", "trap 'echo term; exit 7' TERM; echo up; while true; do sleep 0.1; done"));
        var arn = (await AwsAsync("ecs", "run-task", "--task-definition", "server", "--launch-type", "FARGATE", "--network-configuration", $"awsvpcConfiguration={{subnets=[{Subnet}]}}"))["tasks"]![0]!["taskArn"]!.GetValue<string>();
        await AwsTextAsync("ecs", "wait", "tasks-running", "--tasks", arn);
        await NodeAsync("ecs", "StopTask", new { task = arn, reason = "enough" });
        var task = await StoppedAsync(arn);
        Assert.Equal(("UserInitiated", "enough", 7), (Text(task, "stopCode"), Text(task, "stoppedReason"), task["containers"]![0]!["exitCode"]!.GetValue<int>()));
        Assert.Equal(["up", "term"], await LogAsync(arn, "main"));
    }

    [Fact]
    public async Task A_container_finds_its_role_its_metadata_and_the_region()
    {
        await PrepareAsync();
        await RegisterAsync(
            "curious",
            Container("main", "wget -qO- http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; echo; wget -qO- $ECS_CONTAINER_METADATA_URI_V4/task; echo; wget -qO- http://127.0.0.1:4566/_fogbank/health > /dev/null && echo reached; wget -qO- http://169.254.170.2/v2/credentials/other || echo refused"));
        var arn = await RunAsync("curious");
        await StoppedAsync(arn);
        var log = await LogAsync(arn, "main");
        var credentials = JsonNode.Parse(log[0])!;
        Assert.Equal(Role, Text(credentials, "RoleArn"));
        var identity = await BotoAsync(
            "sts", "get_caller_identity", null, new Identity(Text(credentials, "AccessKeyId")!, Text(credentials, "SecretAccessKey")!, Text(credentials, "Token")));
        Assert.Equal($"arn:aws:sts::{Account}:assumed-role/task/{arn.Split('/')[^1]}", Text(identity, "Arn"));
        Assert.Equal(arn, Text(JsonNode.Parse(log[1])!, "TaskARN"));
        Assert.Equal("reached", log[2]);
        Assert.Contains("refused", log);
    }

    [Theory]
    [InlineData("nosuch", "true", "CannotPullContainerError: ")]
    [InlineData("busybox", "nosuch", "CannotStartContainerError: ")]
    public async Task What_cannot_start_says_why(string repository, string program, string reason)
    {
        await PrepareAsync();
        var container = Container("main", "");
        container["image"] = $"{Account}.dkr.ecr.us-east-1.amazonaws.com/{repository}:v1";
        container["command"] = new JsonArray(program);
        await RegisterAsync("broken", container);
        var task = await StoppedAsync(await RunAsync("broken"));
        Assert.Equal("TaskFailedToStart", Text(task, "stopCode"));
        Assert.StartsWith(reason, Text(task, "stoppedReason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_log_group_fails_the_task_as_on_AWS()
    {
        await PrepareAsync();
        var container = Container("main", "echo never");
        container["logConfiguration"]!["options"]!["awslogs-group"] = "/missing";
        await RegisterAsync("unlogged", container);
        var task = await StoppedAsync(await RunAsync("unlogged"));
        Assert.StartsWith("ResourceInitializationError: failed to validate logger args:", Text(task, "stoppedReason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_over_the_limit_ends_the_container()
    {
        await PrepareAsync();
        var container = Container("main", "yes | dd bs=200M count=1 iflag=fullblock of=/dev/null");
        container["memory"] = 32;
        await RegisterAsync("greedy", container);
        var task = await StoppedAsync(await RunAsync("greedy"));
        Assert.Equal((137, "OutOfMemoryError: Container killed due to memory usage"), (task["containers"]![0]!["exitCode"]!.GetValue<int>(), Text(task["containers"]![0]!, "reason")));
    }

    [Fact]
    public async Task Fogbank_run_follows_the_log_and_gives_the_exit_code()
    {
        await PrepareAsync();
        var run = await FogbankAsync("run", "-e", "WHO=fog", "busybox:v1", "sh", "-c", "echo hello $WHO; exit 9");
        Assert.Equal((9, "hello fog\n"), (run.ExitCode, run.Output));
        var image = await FogbankAsync("run", "busybox:v1");
        Assert.Equal((0, "hello from the image\n"), (image.ExitCode, image.Output));
        var missing = await FogbankAsync("run", "nosuch");
        Assert.Equal(125, missing.ExitCode);
        Assert.Contains("CannotPullContainerError", missing.Errors, StringComparison.Ordinal);
    }
}
