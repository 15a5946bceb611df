using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>A test that runs tasks of one container, <c>main</c>, and looks at what becomes of them.</summary>
public abstract class ContainerTest(ContainerRegion region)
{
    internal const string EssentialExited = "Essential container in task exited";

    private static int _last;

    internal ContainerRegion Region => region;

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A container that runs a shell script.</summary>
    internal static JsonObject Shell(string script) => new() { ["image"] = "small:it", ["command"] = new JsonArray("/bin/sh", "-c", script) };

    /// <summary>A container that plays a part of <c>tests/Workload</c>.</summary>
    internal static JsonObject Plays(params string[] part) => new()
    {
        ["image"] = "python:it",
        ["command"] = new JsonArray([.. ((string[])["/usr/bin/python3", "-S", "/var/task/workload.py", .. part]).Select(word => JsonValue.Create(word))]),
    };

    /// <summary>Runs a task to its end.</summary>
    internal async Task<EndedTask> RunAsync(JsonObject container)
    {
        var started = await StartAsync(container);
        return await started.EndAsync();
    }

    /// <summary>Starts a task.</summary>
    /// <param name="container">Its one container; name and log are added.</param>
    /// <param name="identity">As whom; null is the account that all share.</param>
    internal async Task<StartedTask> StartAsync(JsonObject container, Identity? identity = null)
    {
        var name = $"hostile-{Interlocked.Increment(ref _last)}";
        container["name"] = "main";
        container["stopTimeout"] ??= 2;
        container["logConfiguration"] = new JsonObject
        {
            ["logDriver"] = "awslogs",
            ["options"] = new JsonObject { ["awslogs-group"] = "hostile", ["awslogs-region"] = "us-east-1", ["awslogs-stream-prefix"] = name },
        };
        await Region.CallAsync("ecs", "register_task_definition", new
        {
            family = name,
            networkMode = "awsvpc",
            requiresCompatibilities = new[] { "FARGATE" },
            cpu = "256",
            memory = "512",
            executionRoleArn = $"arn:aws:iam::{(identity ?? ContainerRegion.Me).Key}:role/execution",
            containerDefinitions = new[] { container },
        }, identity);
        var subnets = await Region.CallAsync("ec2", "describe_subnets", null, identity);
        var run = await Region.CallAsync("ecs", "run_task", new
        {
            taskDefinition = name,
            launchType = "FARGATE",
            networkConfiguration = new { awsvpcConfiguration = new { subnets = new[] { subnets["Subnets"]![0]!["SubnetId"]!.GetValue<string>() } } },
        }, identity);
        Assert.Empty(run["failures"]!.AsArray());
        return new StartedTask(Region, identity, run["tasks"]![0]!["taskArn"]!.GetValue<string>(), name);
    }
}

/// <summary>A task that was run.</summary>
internal sealed record StartedTask(ContainerRegion Region, Identity? Identity, string Arn, string Name)
{
    internal string Id => Arn[(Arn.LastIndexOf('/') + 1)..];

    internal async Task<JsonNode> DescribeAsync() =>
        (await Region.CallAsync("ecs", "describe_tasks", new { tasks = new[] { Arn } }, Identity))["tasks"]![0]!;

    /// <summary>Waits for a state.</summary>
    internal async Task<JsonNode> UntilAsync(string status)
    {
        JsonNode? last = null;
        return await Eventually.GetAsync(
            $"{Name} to be {status}",
            async () =>
            {
                last = await DescribeAsync();
                Assert.False(status != "STOPPED" && last["lastStatus"]!.GetValue<string>() == "STOPPED", last.ToJsonString());
                return last["lastStatus"]!.GetValue<string>() == status ? last : null;
            },
            () => last?.ToJsonString() ?? "nothing");
    }

    internal async Task<EndedTask> EndAsync()
    {
        var task = await UntilAsync("STOPPED");
        return new EndedTask(task, await LinesAsync());
    }

    internal Task StopAsync() => Region.CallAsync("ecs", "stop_task", new { task = Arn }, Identity);

    /// <summary>What its log has, a message each.</summary>
    internal async Task<IReadOnlyList<string>> LinesAsync()
    {
        var pages = await Region.CallAsync("logs", "page:filter_log_events", new { logGroupName = "hostile", logStreamNamePrefix = Name + "/" }, Identity);
        return [.. pages.AsArray().SelectMany(page => page!["events"]!.AsArray()).Select(one => one!["message"]!.GetValue<string>())];
    }

    /// <summary>Waits until its log has a message.</summary>
    internal Task<string> SaysAsync(string beginning)
    {
        IReadOnlyList<string> lines = [];
        return Eventually.GetAsync(
            $"{Name} to say '{beginning}'",
            async () => (lines = await LinesAsync()).FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)),
            () => string.Join('\n', lines));
    }
}

/// <summary>What became of a task.</summary>
internal sealed record EndedTask(JsonNode Task, IReadOnlyList<string> Lines)
{
    internal string? StopCode => Task["stopCode"]?.GetValue<string>();

    internal string StoppedReason => Task["stoppedReason"]?.GetValue<string>() ?? "";

    internal int? ExitCode => Task["containers"]![0]!["exitCode"]?.GetValue<int>();

    internal string Reason => Task["containers"]![0]!["reason"]?.GetValue<string>() ?? "";

    /// <summary>Holds that it ended by itself, and well.</summary>
    internal void IsFine() => Assert.True((StopCode, ExitCode, Reason) == ("EssentialContainerExited", 0, ""), ToString());

    public override string ToString() => $"{Task.ToJsonString()}\n{string.Join('\n', Lines.Take(50))}";
}
