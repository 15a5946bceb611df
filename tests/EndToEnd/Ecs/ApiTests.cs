using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ecs;

/// <summary>What of the API needs no container.</summary>
public sealed class ApiTests(SharedRegion region) : ClientTest(region)
{
    [Fact]
    public async Task Clusters_come_and_go()
    {
        await AwsAsync("ecs", "create-cluster", "--cluster-name", "one", "--tags", "key=a,value=b");
        var described = await AwsAsync("ecs", "describe-clusters", "--clusters", "one", "two", "--include", "TAGS", "STATISTICS");
        Assert.Equal("ACTIVE", described["clusters"]![0]!["status"]!.GetValue<string>());
        Assert.Equal("MISSING", described["failures"]![0]!["reason"]!.GetValue<string>());
        await AwsAsync("ecs", "put-cluster-capacity-providers", "--cluster", "one", "--capacity-providers", "FARGATE", "FARGATE_SPOT", "--default-capacity-provider-strategy", "capacityProvider=FARGATE_SPOT,weight=1");
        Assert.Equal("INACTIVE", (await AwsAsync("ecs", "delete-cluster", "--cluster", "one"))["cluster"]!["status"]!.GetValue<string>());
        Assert.Empty((await AwsAsync("ecs", "list-clusters"))["clusterArns"]!.AsArray());
        Assert.Contains("ClusterNotFoundException", await AwsFailsAsync("ecs", "list-tasks", "--cluster", "one"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_comes_back_with_every_field()
    {
        var container = new JsonObject
        {
            ["name"] = "main",
            ["image"] = "app:v1",
            ["cpu"] = 10,
            ["memory"] = 128,
            ["memoryReservation"] = 64,
            ["essential"] = true,
            ["portMappings"] = new JsonArray(new JsonObject { ["containerPort"] = 80, ["hostPort"] = 80, ["protocol"] = "tcp", ["name"] = "web", ["appProtocol"] = "http" }),
            ["entryPoint"] = new JsonArray("a"),
            ["command"] = new JsonArray("b"),
            ["environment"] = new JsonArray(new JsonObject { ["name"] = "A", ["value"] = "1" }),
            ["environmentFiles"] = new JsonArray(new JsonObject { ["value"] = "arn:aws:s3:::b/x.env", ["type"] = "s3" }),
            ["mountPoints"] = new JsonArray(new JsonObject { ["sourceVolume"] = "efs", ["containerPath"] = "/efs", ["readOnly"] = true }),
            ["volumesFrom"] = new JsonArray(),
            ["linuxParameters"] = new JsonObject { ["capabilities"] = new JsonObject { ["add"] = new JsonArray("SYS_PTRACE"), ["drop"] = new JsonArray("ALL") }, ["initProcessEnabled"] = true },
            ["secrets"] = new JsonArray(new JsonObject { ["name"] = "S", ["valueFrom"] = "arn:aws:ssm:us-east-1:000000000000:parameter/s" }),
            ["startTimeout"] = 10,
            ["stopTimeout"] = 11,
            ["user"] = "app",
            ["workingDirectory"] = "/w",
            ["readonlyRootFilesystem"] = true,
            ["pseudoTerminal"] = true,
            ["dockerLabels"] = new JsonObject { ["k"] = "v" },
            ["ulimits"] = new JsonArray(new JsonObject { ["name"] = "nofile", ["softLimit"] = 1, ["hardLimit"] = 2 }),
            ["logConfiguration"] = new JsonObject { ["logDriver"] = "awsfirelens", ["options"] = new JsonObject { ["Name"] = "x" } },
            ["healthCheck"] = new JsonObject { ["command"] = new JsonArray("CMD", "c"), ["interval"] = 6, ["timeout"] = 7, ["retries"] = 8, ["startPeriod"] = 9 },
            ["systemControls"] = new JsonArray(new JsonObject { ["namespace"] = "net.core.somaxconn", ["value"] = "1" }),
            ["restartPolicy"] = new JsonObject { ["enabled"] = true, ["ignoredExitCodes"] = new JsonArray(0), ["restartAttemptPeriod"] = 60 },
            ["versionConsistency"] = "enabled",
        };
        var volume = new JsonObject { ["name"] = "efs", ["efsVolumeConfiguration"] = new JsonObject { ["fileSystemId"] = "fs-1", ["transitEncryption"] = "ENABLED" } };
        var registered = await NodeAsync("ecs", "RegisterTaskDefinition", new JsonObject
        {
            ["family"] = "whole",
            ["networkMode"] = "awsvpc",
            ["requiresCompatibilities"] = new JsonArray("FARGATE"),
            ["cpu"] = ".5 vCPU",
            ["memory"] = "1GB",
            ["executionRoleArn"] = $"arn:aws:iam::{Account}:role/x",
            ["ephemeralStorage"] = new JsonObject { ["sizeInGiB"] = 30 },
            ["pidMode"] = "task",
            ["runtimePlatform"] = new JsonObject { ["cpuArchitecture"] = "X86_64", ["operatingSystemFamily"] = "LINUX" },
            ["containerDefinitions"] = new JsonArray(container.DeepClone()),
            ["volumes"] = new JsonArray(volume.DeepClone()),
        });
        var definition = (await NodeAsync("ecs", "DescribeTaskDefinition", new { taskDefinition = "whole" }))["taskDefinition"]!;
        Assert.True(JsonNode.DeepEquals(registered["taskDefinition"], definition));
        Assert.True(JsonNode.DeepEquals(container, definition["containerDefinitions"]![0]), definition["containerDefinitions"]![0]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(volume, definition["volumes"]![0]));
        Assert.Equal(("512", "1024", 1), (definition["cpu"]!.GetValue<string>(), definition["memory"]!.GetValue<string>(), definition["revision"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Revisions_are_listed_deregistered_and_deleted()
    {
        for (var i = 0; i < 3; i++)
        {
            await RegisterAsync("family", "256", "512");
        }

        var listed = (await AwsAsync("ecs", "list-task-definitions", "--sort", "DESC"))["taskDefinitionArns"]!.AsArray().Select(arn => arn!.GetValue<string>()[^8..]);
        Assert.Equal(["family:3", "family:2", "family:1"], listed);
        await AwsAsync("ecs", "deregister-task-definition", "--task-definition", "family:3");
        Assert.Equal(2, (await BotoAsync("ecs", "describe_task_definition", new { taskDefinition = "family" }))["taskDefinition"]!["revision"]!.GetValue<int>());
        var deleted = await NodeAsync("ecs", "DeleteTaskDefinitions", new { taskDefinitions = new[] { "family:3", "family:2" } });
        Assert.Equal("DELETE_IN_PROGRESS", deleted["taskDefinitions"]![0]!["status"]!.GetValue<string>());
        Assert.Single(deleted["failures"]!.AsArray());
        Assert.Equal(4, (await RegisterAsync("family", "256", "512"))["taskDefinition"]!["revision"]!.GetValue<int>());
    }

    [Fact]
    public async Task Sizes_that_Fargate_has_not_are_refused()
    {
        var fault = await Assert.ThrowsAsync<ClientException>(() => RegisterAsync("wrong", "256", "4096"));
        Assert.Equal("ClientException", fault.Code);
        Assert.Contains("No Fargate configuration exists for given values: 256 CPU, 4096 memory.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_built_says_so()
    {
        await BotoAsync("ecs", "create_cluster", new { });
        await RegisterAsync("family", "256", "512");
        Assert.StartsWith("NotImplemented", (await BotoFailsAsync("ecs", "create_service", new { serviceName = "s", taskDefinition = "family" })).Code, StringComparison.Ordinal);
        var onInstances = await BotoFailsAsync("ecs", "run_task", new { taskDefinition = "family" });
        Assert.Contains("No Container Instances were found in your cluster.", onInstances.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_settings_hold_for_all_or_for_one()
    {
        await BotoAsync("ecs", "put_account_setting_default", new { name = "defaultLogDriverMode", value = "blocking" });
        var settings = (await BotoAsync("ecs", "list_account_settings", new { name = "defaultLogDriverMode", effectiveSettings = true }))["settings"]!;
        Assert.Equal("blocking", settings[0]!["value"]!.GetValue<string>());
    }

    private Task<JsonNode> RegisterAsync(string family, string cpu, string memory) => BotoAsync("ecs", "register_task_definition", new JsonObject
    {
        ["family"] = family,
        ["networkMode"] = "awsvpc",
        ["requiresCompatibilities"] = new JsonArray("FARGATE"),
        ["cpu"] = cpu,
        ["memory"] = memory,
        ["containerDefinitions"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "app:v1" }),
    });
}
