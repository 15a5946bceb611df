using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.EndToEnd.Hostile;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>A machine without crun: it says so, tasks fail with the reason, functions of code go on.</summary>
public sealed class MissingRuntimeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-e2e-no-crun-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // In a mount namespace of its own /usr/bin is what it is, less the programs that start containers.
    private string[] Without => ["/usr/bin/unshare", "--mount", "/bin/sh", "-c",
        $"mount -t tmpfs none {_folder} && for f in bin sbin; do mkdir -p {_folder}/$f/u {_folder}/$f/w && mount -t overlay -o lowerdir=/usr/$f,upperdir={_folder}/$f/u,workdir={_folder}/$f/w overlay /usr/$f && rm -f /usr/$f/crun /usr/$f/runc; done; exec \"$0\" \"$@\""];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Doctor_names_it_with_its_package()
    {
        ContainerTools.Require("crun");
        var command = Without;
        var run = await ProgramRun.StartAsync(command[0], [.. command.Skip(1), Repository.Binary, "doctor"], null, null, Cancel);
        Assert.Matches("MISSING +crun +.*no OCI runtime starts containers", run.Output);
        Assert.Contains("crun", run.Output[run.Output.IndexOf("a region here uses", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_fails_with_the_reason_and_functions_go_on()
    {
        ContainerTools.Require("crun");
        ContainerTools.Require("skopeo");
        await using var region = await RegionProcess.StartAsync(null, [], Cancel, Without);
        HostileRegion.RequireIsolation(region);
        await using var boto = LineClient.Start("boto3", "/usr/bin/python3", Repository.Of("tests/clients/boto3/client.py"));
        var me = new Identity("000000000000");
        async Task<JsonNode> CallAsync(string service, string call, object? input = null) =>
            await boto.CallAsync(region.Address, me, service, call, input, null, Cancel) ?? new JsonObject();

        using var lambda = new LambdaCaller(region.Address);
        var function = await lambda.DeployAsync(256, 10, null, null);
        Assert.Equal("fine", (await function.InvokeAsync("echo", new { text = "fine" })).Ok["echo"]!.ToString());

        await CallAsync("ecs", "create_cluster");
        await CallAsync("ecr", "create_repository", new { repositoryName = "app" });
        var home = Path.Combine(region.DataDirectory, "../home");
        Directory.CreateDirectory(home);
        var image = TestImage.Create(Path.Combine(home, "image"), "v1", "one");
        await ContainerTools.RunAsync(
            "skopeo", ContainerTools.Variables(region.Address, home), null, Cancel,
            "copy", "--dest-tls-verify=false", "--dest-creds", await CredentialsAsync(), $"oci:{image.Folder}:v1", "docker://000000000000.dkr.ecr.us-east-1.localhost:4566/app:v1");
        await CallAsync("ecs", "register_task_definition", new
        {
            family = "app",
            networkMode = "awsvpc",
            requiresCompatibilities = new[] { "FARGATE" },
            cpu = "256",
            memory = "512",
            containerDefinitions = new[] { new { name = "main", image = "app:v1" } },
        });
        var subnet = (await CallAsync("ec2", "describe_subnets"))["Subnets"]![0]!["SubnetId"]!.GetValue<string>();
        var run = await CallAsync("ecs", "run_task", new
        {
            taskDefinition = "app",
            launchType = "FARGATE",
            networkConfiguration = new { awsvpcConfiguration = new { subnets = new[] { subnet } } },
        });
        var arn = run["tasks"]![0]!["taskArn"]!.GetValue<string>();
        var task = await Eventually.GetAsync("the task to be STOPPED", async () =>
            (await CallAsync("ecs", "describe_tasks", new { tasks = new[] { arn } }))["tasks"]![0] is { } now && now["lastStatus"]!.GetValue<string>() == "STOPPED" ? now : null);
        Assert.Equal("TaskFailedToStart", task["stopCode"]!.GetValue<string>());
        Assert.StartsWith("ResourceInitializationError: images cannot run here: ", task["stoppedReason"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("crun", task["stoppedReason"]!.GetValue<string>(), StringComparison.Ordinal);

        async Task<string> CredentialsAsync() => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(
            (await CallAsync("ecr", "get_authorization_token"))["authorizationData"]![0]!["authorizationToken"]!.GetValue<string>()));
    }
}
