using System.Text;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Warden;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>Workloads that outlive their region, their warden, or both.</summary>
public sealed class OciDurableTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly OciFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private static GroupSpec Spec(string id) => new()
    {
        Id = id,
        StorageBytes = 32L * 1024 * 1024,
        Endpoints = [EngineFixture.Endpoint("api", "169.254.170.2", 80)],
    };

    [Fact]
    public async Task Found_again_after_its_region_ended()
    {
        _fixture.Require();
        var group = await _fixture.Engine.CreateGroupAsync(Spec("g"), Token);
        var spec = _fixture.Shell("echo one; while [ ! -e /go ]; do usleep 10000; done; echo two; nc 169.254.170.2 80; exit 5") with { Id = "w" };
        var workload = await group.StartAsync(spec, Token);
        long position;
        await using (var output = workload.ReadOutputAsync(Token).GetAsyncEnumerator(Token))
        {
            Assert.True(await output.MoveNextAsync());
            Assert.Equal("one\n", Encoding.UTF8.GetString(output.Current.Data.Span));
            position = output.Current.Position;
        }
        var ended = await group.StartAsync(_fixture.Shell("exit 4") with { Id = "ended" }, Token);
        Assert.Equal(4, (await ended.WaitAsync(Token).WaitAsync(Limit, Token)).ExitCode);
        await _fixture.Engine.DisposeAsync();

        var (engine, warden) = _fixture.NewEngine();
        await using var second = engine;
        Assert.Equal(["g"], await engine.ListGroupsAsync(Token).ToListAsync(Token));
        var found = await engine.FindGroupAsync("g", Token);
        Assert.NotNull(found);
        var again = await found.FindAsync("w", Token);
        Assert.NotNull(again);
        Assert.Equal(workload.StartedAt, again.StartedAt);
        Assert.Same(again, await found.StartAsync(spec, Token));
        Assert.Equal(4, (await (await found.FindAsync("ended", Token))!.WaitAsync(Token)).ExitCode);
        Assert.Null(await found.FindAsync("other", Token));
        // Its files and its listener are those of before.
        await found.StartAsync(_fixture.Shell("true") with { Id = "third" }, Token);
        TouchInRoot(again.Id, warden);
        using (var socket = await found.Listeners[0].AcceptAsync(Token).AsTask().WaitAsync(Limit, Token))
        {
            await socket!.SendAsync("hi\n"u8.ToArray(), Token);
        }
        MemoryStream bytes = new();
        await foreach (var chunk in again.ReadOutputAsync(position, Token))
        {
            bytes.Write(chunk.Data.Span);
        }
        Assert.Equal("two\nhi\n", Encoding.UTF8.GetString(bytes.ToArray()));
        Assert.Equal(5, (await again.WaitAsync(Token)).ExitCode);
        await found.RemoveAsync(Token);
        Assert.Null(await engine.FindGroupAsync("g", Token));
    }

    private void TouchInRoot(string id, RegionWarden warden)
    {
        Assert.NotEqual(0, warden.Pid);
        var main = OciRemains.Processes(_fixture.RunDirectory).First(pid => File.ReadAllText($"/proc/{pid}/cgroup").Contains("/" + id + "\n", StringComparison.Ordinal));
        File.WriteAllText($"/proc/{main}/root/go", "");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Goes_on_when_warden_or_region_are_killed(bool killWarden, bool killRegion)
    {
        _fixture.Require();
        var group = await _fixture.Engine.CreateGroupAsync(Spec("g"), Token);
        var workload = await group.StartAsync(_fixture.Shell("trap 'exit 6' TERM; echo up; while true; do usleep 10000; done") with { Id = "w" }, Token);
        var dying = await group.StartAsync(_fixture.Shell("usleep 500000; exit 8") with { Id = "dying" }, Token);
        var ephemeral = await _fixture.Engine.StartAsync(_fixture.Runs("sleep", "1000"), Token);
        await using (var output = workload.ReadOutputAsync(Token).GetAsyncEnumerator(Token))
        {
            Assert.True(await output.MoveNextAsync());
        }
        if (killWarden && !killRegion)
        {
            var first = _fixture.Warden.Pid;
            Assert.Equal(0, Libc.Kill(first, Const.SigKill));
            Assert.True((await ephemeral.WaitAsync(Token).WaitAsync(Limit, Token)).Lost);
            await EngineConformance.UntilAsync(() => Task.FromResult(_fixture.Warden.Pid != first), "no new warden came");
            Assert.Equal(8, (await dying.WaitAsync(Token).WaitAsync(Limit, Token)).ExitCode);
            Assert.Equal(6, (await workload.StopAsync(TimeSpan.FromSeconds(20), Token)).ExitCode);
        }
        if (killRegion)
        {
            // What a killed region leaves: its end of the socket closes, and nothing was said.
            var pid = _fixture.Warden.Pid;
            _fixture.Warden.Abandon();
            if (killWarden)
            {
                _ = Libc.Kill(pid, Const.SigKill);
            }
            await AbandonAsync();
            var (engine, _) = _fixture.NewEngine();
            await using var second = engine;
            var found = await engine.FindGroupAsync("g", Token);
            Assert.Equal(8, (await (await found!.FindAsync("dying", Token))!.WaitAsync(Token).WaitAsync(Limit, Token)).ExitCode);
            Assert.Equal(6, (await (await found.FindAsync("w", Token))!.StopAsync(TimeSpan.FromSeconds(20), Token)).ExitCode);
            await found.RemoveAsync(Token);
            await EngineConformance.UntilAsync(() => Task.FromResult(!OciRemains.Processes(_fixture.RunDirectory).Any()), "processes stayed");
        }
        else
        {
            await group.RemoveAsync(Token);
        }
    }

    private async Task AbandonAsync()
    {
        _fixture.Warden.Abandon();
        await _fixture.Engine.DisposeAsync(); // the process goes on, so its listeners must be closed
    }

    [Fact]
    public async Task Without_its_monitor_it_is_stopped_and_lost()
    {
        _fixture.Require();
        await using var group = await _fixture.Engine.CreateGroupAsync(Spec("g"), Token);
        var workload = await group.StartAsync(_fixture.Runs("sleep", "1000") with { Id = "w" }, Token);
        foreach (var monitor in OciRemains.Monitors(_fixture.RunDirectory))
        {
            _ = Libc.Kill(monitor, Const.SigKill);
        }
        var exit = await workload.WaitAsync(Token).WaitAsync(Limit, Token);
        Assert.Equal((true, null, null), (exit.Lost, exit.ExitCode, exit.Signal));
        Assert.Empty(OciRemains.Processes(_fixture.RunDirectory));
        await group.RemoveAsync(Token);
    }

    [Fact]
    public async Task Orphans_are_stopped_when_no_region_comes_back()
    {
        _fixture.Require();
        await _fixture.Engine.DisposeAsync();
        var (engine, _) = _fixture.NewEngine(TimeSpan.FromSeconds(1));
        var group = await engine.CreateGroupAsync(Spec("g"), Token);
        await group.StartAsync(_fixture.Shell("trap 'exit 6' TERM; while true; do usleep 10000; done") with { Id = "w", StopGrace = TimeSpan.FromSeconds(10) }, Token);
        await AbandonAsync();
        await EngineConformance.UntilAsync(() => Task.FromResult(!OciRemains.Processes(_fixture.RunDirectory).Any()), "it was not stopped");
        var (next, _) = _fixture.NewEngine();
        await using var third = next;
        var found = await next.FindGroupAsync("g", Token);
        Assert.Equal(6, (await (await found!.FindAsync("w", Token))!.WaitAsync(Token).WaitAsync(Limit, Token)).ExitCode);
        await found.RemoveAsync(Token);
    }
}
