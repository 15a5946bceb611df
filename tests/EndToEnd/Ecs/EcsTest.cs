using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ecs;

/// <summary>A test with tasks: an image of busybox in the registry, a role, a log group and a cluster.</summary>
public abstract class EcsTest(SharedRegion region) : ClientTest(region)
{
    private const string TrustPolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    internal const string Group = "/ecs/test";

    /// <summary>A subnet of the account's default VPC.</summary>
    internal string Subnet { get; private set; } = "";

    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-e2e-ecs-").FullName;

    internal string Image => $"{Account}.dkr.ecr.us-east-1.amazonaws.com/busybox:v1";

    internal string Role => $"arn:aws:iam::{Account}:role/task";

    public override async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        if (Subnet.Length > 0)
        {
            // A test that failed half-way leaves no task to the region's end.
            foreach (var arn in (await BotoAsync("ecs", "list_tasks", new { }))["taskArns"]!.AsArray())
            {
                await BotoAsync("ecs", "stop_task", new { task = arn!.GetValue<string>() });
                await StoppedAsync(arn!.GetValue<string>());
            }
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal async Task PrepareAsync()
    {
        ContainerTools.Require("crun");
        ContainerTools.Require("conmon");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Containers need root.");
        Assert.SkipUnless(File.Exists(BusyboxImage.Program), "busybox-static is not on this machine.");
        BusyboxImage.Write(_folder, "v1");
        var import = await FogbankAsync("image", "import", _folder, "busybox:v1");
        Assert.True(import.ExitCode == 0, import.ToString());
        await BotoAsync("iam", "create_role", new { RoleName = "task", AssumeRolePolicyDocument = TrustPolicy });
        await BotoAsync("logs", "create_log_group", new { logGroupName = Group });
        await BotoAsync("ecs", "create_cluster", new { });
        Subnet = (await BotoAsync("ec2", "describe_subnets", new { }))["Subnets"]![0]!["SubnetId"]!.GetValue<string>();
    }

    /// <summary>A container that runs a line of shell.</summary>
    internal JsonObject Container(string name, string script) => new()
    {
        ["name"] = name,
        ["image"] = Image,
        ["command"] = new JsonArray("sh", "-c", script),
        ["logConfiguration"] = new JsonObject
        {
            ["logDriver"] = "awslogs",
            ["options"] = new JsonObject { ["awslogs-group"] = Group, ["awslogs-region"] = "us-east-1", ["awslogs-stream-prefix"] = "p", ["mode"] = "blocking" },
        },
    };

    internal Task<JsonNode> RegisterAsync(string family, params JsonObject[] containers) => BotoAsync("ecs", "register_task_definition", new JsonObject
    {
        ["family"] = family,
        ["networkMode"] = "awsvpc",
        ["requiresCompatibilities"] = new JsonArray("FARGATE"),
        ["cpu"] = "256",
        ["memory"] = "512",
        ["executionRoleArn"] = Role,
        ["taskRoleArn"] = Role,
        ["containerDefinitions"] = new JsonArray([.. containers]),
    });

    internal async Task<string> RunAsync(string family) => (await BotoAsync(
        "ecs", "run_task", new { taskDefinition = family, launchType = "FARGATE", networkConfiguration = new { awsvpcConfiguration = new { subnets = new[] { Subnet } } } }))["tasks"]![0]!["taskArn"]!.GetValue<string>();

    /// <summary>Waits for the end of a task with boto3's waiter.</summary>
    internal async Task<JsonNode> StoppedAsync(string arn)
    {
        await BotoAsync("ecs", "wait:tasks_stopped", new { tasks = new[] { arn } });
        return await DescribeAsync(arn);
    }

    internal async Task<JsonNode> DescribeAsync(string arn) => (await BotoAsync("ecs", "describe_tasks", new { tasks = new[] { arn } }))["tasks"]![0]!;

    internal async Task<IReadOnlyList<string>> LogAsync(string arn, string container) =>
    [
        .. (await BotoAsync("logs", "get_log_events", new { logGroupName = Group, logStreamName = $"p/{container}/{arn.Split('/')[^1]}", startFromHead = true }))["events"]!
            .AsArray().Select(item => item!["message"]!.GetValue<string>()),
    ];

    internal static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();
}
