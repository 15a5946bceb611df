using System.Net;
using System.Text;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>Workloads that share a frame.</summary>
public sealed class OciGroupTests : IClassFixture<OciFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly OciFixture _engine;

    public OciGroupTests(OciFixture engine)
    {
        engine.Require();
        _engine = engine;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workloads_share_network_host_name_and_volumes()
    {
        await using var group = await _engine.Engine.CreateGroupAsync(_engine.Group() with { HostName = "the-task", Volumes = ["data"] }, Token);
        VolumeMount mount = new() { Volume = "data", Target = "/data" };
        await using var server = await group.StartAsync(_engine.Shell("echo hello > /data/file; echo ready; nc -l -p 8080 -e echo from-$(hostname)") with { Volumes = [mount] }, Token);
        await using var ready = server.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await ready.MoveNextAsync());
        var client = _engine.Shell("cat /data/file; nc 127.0.0.1 8080; touch /data/new 2>&1") with { Volumes = [mount with { ReadOnly = true }] };
        await using var second = await group.StartAsync(client, Token);
        var (output, _) = await EngineFixture.ReadAllAsync(second, Token);
        Assert.Equal("hello\nfrom-the-task\ntouch: /data/new: Read-only file system\n", output);
    }

    [Fact]
    public async Task Groups_of_one_network_reach_each_other_and_the_region_reaches_them()
    {
        var one = Network("10.99.1.10");
        var two = Network("10.99.1.11");
        await using var first = await _engine.Engine.CreateGroupAsync(_engine.Group() with { Network = one }, Token);
        await using var second = await _engine.Engine.CreateGroupAsync(_engine.Group() with { Network = two }, Token);
        await using var server = await first.StartAsync(_engine.Shell("echo ready; while true; do nc -l -p 8080 -e echo here; done"), Token);
        await using var ready = server.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await ready.MoveNextAsync());
        await using var client = await second.StartAsync(_engine.Shell("i=0; while ! nc -w 2 10.99.1.10 8080; do i=$((i+1)); [ $i -lt 50 ] || exit 1; usleep 20000; done"), Token);
        var (output, error) = await EngineFixture.ReadAllAsync(client, Token);
        Assert.EndsWith("here\n", output + error, StringComparison.Ordinal);
        using var socket = await ConnectAsync(first, 8080);
        var buffer = new byte[16];
        Assert.Equal("here\n", Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Token)));
        Assert.True((await first.StatsAsync(Token)).NetworkReceivedBytes > 0);
    }

    private static NetworkSpec Network(string address) => new()
    {
        Network = "vpc-oci-test",
        Range = IPNetwork.Parse("10.99.0.0/16"),
        Address = IPAddress.Parse(address),
        Gateway = IPAddress.Parse("10.99.1.1"),
        PrefixLength = 24,
    };

    // Between two connections nobody listens for a moment.
    private static async Task<System.Net.Sockets.Socket> ConnectAsync(IWorkloadGroup group, int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await group.ConnectAsync(port, Token);
            }
            catch (System.Net.Sockets.SocketException) when (attempt < 100)
            {
                await Task.Delay(10, Token);
            }
        }
    }

    [Fact]
    public async Task Limits_hold_for_all_together_and_storage_ends_at_its_size()
    {
        var spec = _engine.Group() with { MemoryBytes = 64L * 1024 * 1024, StorageBytes = 24L * 1024 * 1024, Volumes = ["v"] };
        await using var group = await _engine.Engine.CreateGroupAsync(spec, Token);
        await using var eater = await group.StartAsync(_engine.Shell("x=$(yes | head -c 200000000 | tr -d '\\n')") with { MemoryBytes = 512L * 1024 * 1024 }, Token);
        Assert.True((await eater.WaitAsync(Token).WaitAsync(Limit, Token)).OutOfMemory);
        var filler = _engine.Shell("dd if=/dev/zero of=/fill bs=1M count=16 2>/dev/null; dd if=/dev/zero of=/v/fill bs=1M count=64 2>&1 | grep -o 'No space.*'; df -m /v | tail -1")
            with
        { Volumes = [new() { Volume = "v", Target = "/v" }] };
        await using var second = await group.StartAsync(filler, Token);
        var (output, _) = await EngineFixture.ReadAllAsync(second, Token);
        Assert.StartsWith("No space left on device\n", output, StringComparison.Ordinal);
        Assert.Contains("100%", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_the_network_are_in_etc()
    {
        var spec = _engine.Group() with
        {
            HostName = "named",
            Hosts = new Dictionary<string, string> { ["db"] = "10.1.2.3" },
            NameServers = ["169.254.169.253"],
            SearchDomains = ["ec2.internal"],
            Sysctls = new Dictionary<string, string> { ["net.core.somaxconn"] = "777" },
        };
        await using var group = await _engine.Engine.CreateGroupAsync(spec, Token);
        await using var workload = await group.StartAsync(_engine.Shell("cat /etc/hosts /etc/resolv.conf /etc/hostname /proc/sys/net/core/somaxconn"), Token);
        var (output, error) = await EngineFixture.ReadAllAsync(workload, Token);
        Assert.Equal(("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.0.1 named\n10.1.2.3 db\nsearch ec2.internal\nnameserver 169.254.169.253\nnamed\n777\n", ""), (output, error));
        await Assert.ThrowsAsync<EngineException>(async () => await _engine.Engine.CreateGroupAsync(_engine.Group() with { Sysctls = new Dictionary<string, string> { ["kernel.core_pattern"] = "x" } }, Token));
    }

    [Fact]
    public async Task Processes_are_seen_across_workloads_only_when_shared()
    {
        foreach (var shared in (bool[])[true, false])
        {
            await using var group = await _engine.Engine.CreateGroupAsync(_engine.Group() with { SharePids = shared }, Token);
            await using var sleeper = await group.StartAsync(_engine.Runs("sleep", "4242"), Token);
            await using var looker = await group.StartAsync(_engine.Shell("ps | grep -c 'sleep 424[2]'"), Token);
            var (output, _) = await EngineFixture.ReadAllAsync(looker, Token);
            Assert.Equal(shared ? "1\n" : "0\n", output);
            Assert.Equal(9, (await sleeper.KillAsync(Token)).Signal);
        }
    }
}
