using Fogbank.Engines;
using Fogbank.Engines.Process;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>The process driver without isolation: what it still does, and that it says what it does not.</summary>
public sealed class PlainProcessTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncDisposable
{
    private readonly ProcessEngine _plain = engine.NewEngine(options => options with { DisableIsolation = true, RunDirectory = options.RunDirectory + "-plain" });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await _plain.DisposeAsync();

    [Fact]
    public void It_says_what_it_cannot_do()
    {
        Assert.Equal((IsolationLevel.None, "isolation is switched off"), (_plain.Isolation, _plain.IsolationReason));
        Assert.False(_plain.Capabilities.Freeze || _plain.Capabilities.OwnNetwork || _plain.Capabilities.OwnRoot);
    }

    [Fact]
    public async Task Paths_below_mounts_lead_to_the_real_folders()
    {
        var spec = engine.Plays("env") with { WorkingDirectory = "/var/task", Environment = new Dictionary<string, string> { ["PYTHONPATH"] = "/opt/python:/x:/var/task" } };
        var (exit, output, error) = await EngineFixture.RunAsync(_plain, spec);
        Assert.Equal((0, ""), (exit.ExitCode, error));
        var folder = Path.Combine(engine.CacheDirectory, EngineFixture.Program.Digest, "content");
        Assert.Contains($"PYTHONPATH=/opt/python:/x:{folder}", output.Split('\n'));
    }

    [Fact]
    public async Task Endpoint_is_found_by_its_variable()
    {
        var spec = engine.Runs(["/usr/bin/python3", "-c", "import os, socket; h, p = os.environ['API_ADDRESS'].split(':'); socket.create_connection((h, int(p))).sendall(b'hello')"]) with
        {
            Endpoints = [EngineFixture.Endpoint("api", "169.254.100.1", 9001)],
        };
        await using var workload = await _plain.StartAsync(spec, Token);
        using var socket = await workload.Listeners[0].AcceptAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.NotNull(socket);
        var buffer = new byte[5];
        Assert.Equal(5, await socket.ReceiveAsync(buffer, Token));
        Assert.Equal("hello"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task Daemons_end_with_the_main_process()
    {
        await using var workload = await _plain.StartAsync(engine.Plays("daemon"), Token);
        var exit = await workload.WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(0, exit.ExitCode);
        Assert.Empty(Remains.Descendants(_plain.WardenPid));
    }

    [Fact]
    public async Task Stop_signal_reaches_the_main_process()
    {
        await using var workload = await _plain.StartAsync(engine.Plays("on-term"), Token);
        await using var output = workload.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync());
        Assert.Equal(7, (await workload.StopAsync(TimeSpan.FromSeconds(20), Token)).ExitCode);
    }

    [Fact]
    public async Task As_root_every_workload_is_a_user_of_its_own_with_its_own_tmp()
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("Only root can change users.");
        }
        var (first, output, error) = await EngineFixture.RunAsync(_plain, engine.Shell("id -u; echo x > $TMPDIR/x && cat $TMPDIR/x; cat /etc/shadow 2>/dev/null || echo hidden"));
        Assert.Equal((0, ""), (first.ExitCode, error));
        var lines = output.Split('\n');
        Assert.InRange(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture), 1_900_000_000, int.MaxValue);
        Assert.Equal(["x", "hidden"], lines[1..3]);
    }

    [Fact]
    public async Task Memory_is_watched()
    {
        var (exit, _, _) = await EngineFixture.RunAsync(_plain, engine.Shell("x=$(head -c 200000000 /dev/zero | tr '\\0' a); sleep 100; echo ${#x}") with { MemoryBytes = 64L * 1024 * 1024 });
        Assert.Equal((9, true), (exit.Signal, exit.OutOfMemory));
    }

    [Fact]
    public async Task Freezing_is_refused_by_name()
    {
        await using var workload = await _plain.StartAsync(engine.Plays("forever"), Token);
        Assert.Equal(EngineErrorKind.Unsupported, (await Assert.ThrowsAsync<EngineException>(async () => await workload.FreezeAsync(Token))).Kind);
    }

    [Fact]
    public async Task Program_that_is_missing_is_told()
    {
        var error = await Assert.ThrowsAsync<EngineException>(async () => await _plain.StartAsync(engine.Runs(["/nowhere"]), Token));
        Assert.Equal(EngineErrorKind.CommandNotExecutable, error.Kind);
    }
}
