using System.Globalization;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Containers;
using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.Kits.Images;
using Xunit;

[assembly: AssemblyFixture(typeof(ContainerRegion))]

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>
/// A region of their own for the tasks that attack, started by the first test that wants it: it promises more than this machine has, so that
/// no test waits for another one's place. Two images lie in it: <c>small</c>, a busybox, and <c>python</c>, with the program of <c>tests/Workload</c>.
/// </summary>
public sealed class ContainerRegion : IAsyncDisposable
{
    internal const string Account = "200000000001";

    /// <summary>A word in the region's own environment that no container may find.</summary>
    internal const string HostSecret = "host-secret-2b7c41e9";

    private readonly string _home = Directory.CreateTempSubdirectory("fogbank-e2e-hostile-containers-").FullName;
    private readonly Lazy<Task<RegionProcess>> _running;
    private readonly Lazy<LineClient> _boto = new(() => LineClient.Start("boto3", "/usr/bin/python3", Repository.Of("tests/clients/boto3/client.py")));
    private int _images;

    public ContainerRegion() => _running = new(StartAsync);

    internal static Identity Me { get; } = new(Account);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal Task<RegionProcess> RegionAsync() => _running.Value;

    /// <summary>Calls an API of the region through boto3.</summary>
    internal async Task<JsonNode> CallAsync(string service, string call, object? input = null, Identity? identity = null) =>
        await CallAsync(await RegionAsync(), service, call, input, identity);

    /// <summary>Gives another account what tasks need: a role, a cluster, a log group and the image <c>small</c>.</summary>
    internal async Task FurnishAsync(Identity identity)
    {
        var region = await RegionAsync();
        await FurnishAsync(region, identity);
        await PushAsync(region, "small", [LayoutLayer.Of(RootFiles.Busybox)], identity: identity);
    }

    /// <summary>Writes an image and pushes it with skopeo.</summary>
    /// <returns>How a task definition names it.</returns>
    internal async Task<string> PushAsync(IReadOnlyList<LayoutLayer> layers, object? config = null, string? inIndexFor = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"image{Interlocked.Increment(ref _images)}");
        return await PushAsync(await RegionAsync(), name, layers, config, inIndexFor);
    }

    public async ValueTask DisposeAsync()
    {
        if (_boto.IsValueCreated)
        {
            await _boto.Value.DisposeAsync();
        }

        if (_running.IsValueCreated)
        {
            await (await _running.Value).DisposeAsync();
        }

        Directory.Delete(_home, recursive: true);
    }

    private async Task<RegionProcess> StartAsync()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Images need root.");
        foreach (var program in (string[])["crun", "conmon", "skopeo", "busybox"])
        {
            ContainerTools.Require(program);
        }

        Environment.SetEnvironmentVariable("FOGBANK_E2E_CONTAINER_SECRET", HostSecret);
        var region = await RegionProcess.StartAsync(null, ["--overcommit-cpu", "64", "--overcommit-memory", "64", "--orphan-grace", "1s"], CancellationToken.None);
        await FurnishAsync(region, Me);
        var busybox = LayoutLayer.Of(RootFiles.Busybox);
        await PushAsync(region, "small", [busybox]);
        await PushAsync(region, "python", [busybox, LayoutLayer.Of(RootFiles.Python)]);
        return region;
    }

    private async Task FurnishAsync(RegionProcess region, Identity identity)
    {
        await CallAsync(region, "iam", "create_role", new
        {
            RoleName = "execution",
            AssumeRolePolicyDocument = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}""",
        }, identity);
        await CallAsync(region, "ecs", "create_cluster", null, identity);
        await CallAsync(region, "logs", "create_log_group", new { logGroupName = "hostile" }, identity);
    }

    private async Task<JsonNode> CallAsync(RegionProcess region, string service, string call, object? input = null, Identity? identity = null) =>
        await _boto.Value.CallAsync(region.Address, identity ?? Me, service, call, input, null, Cancel) ?? new JsonObject();

    private async Task<string> PushAsync(
        RegionProcess region, string repository, IReadOnlyList<LayoutLayer> layers, object? config = null, string? inIndexFor = null, Identity? identity = null)
    {
        var uri = (await CallAsync(region, "ecr", "create_repository", new { repositoryName = repository }, identity))["repository"]!["repositoryUri"]!.GetValue<string>();
        var folder = LayoutImage.Write(Path.Combine(_home, (identity ?? Me).Key, repository), layers, config, inIndexFor);
        var token = (await CallAsync(region, "ecr", "get_authorization_token", null, identity))["authorizationData"]![0]!["authorizationToken"]!.GetValue<string>();
        var credentials = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(token));
        await ContainerTools.RunAsync(
            "skopeo", ContainerTools.Variables(region.Address, _home), null, Cancel,
            "copy", "--all", "--dest-tls-verify=false", "--dest-creds", credentials, $"oci:{folder}:it", $"docker://{uri}:it");
        return uri + ":it";
    }
}
