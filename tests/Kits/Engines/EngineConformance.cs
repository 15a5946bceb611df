using System.Diagnostics;
using System.Text;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>What every driver must do with each field of a spec and on each way out.</summary>
public abstract class EngineConformance
{
    private readonly IEngineFixture _engine;

    private protected EngineConformance(IEngineFixture engine)
    {
        engine.Require();
        _engine = engine;
    }

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exit_code_and_both_streams_arrive()
    {
        var (exit, output, error) = await _engine.RunAsync(_engine.Shell("echo out; echo err >&2; exit 3"));
        Assert.Equal((3, null, false), (exit.ExitCode, exit.Signal, exit.OutOfMemory));
        Assert.Equal(("out\n", "err\n"), (output, error));
    }

    [Fact]
    public async Task Signal_that_ended_it_is_told()
    {
        var (exit, _, _) = await _engine.RunAsync(_engine.Plays("die", "15"));
        Assert.Equal((null, 15, false), (exit.ExitCode, exit.Signal, exit.OutOfMemory));
    }

    [Fact]
    public async Task Arguments_arrive_byte_for_byte()
    {
        var (_, output, error) = await _engine.RunAsync(_engine.Plays("echo", "a  b", "", "ü\"'\\$x", "é\n"));
        Assert.Equal(("a  b  ü\"'\\$x é\n\n", ""), (output, error));
    }

    [Fact]
    public async Task Environment_is_the_spec_s_and_nothing_more()
    {
        var spec = _engine.Plays("env") with
        {
            Environment = new Dictionary<string, string> { ["A"] = "1", ["EMPTY"] = "", ["LC_CTYPE"] = "C.UTF-8" },
            Endpoints = [EngineFixture.Endpoint("api", "169.254.100.1", 9001)],
        };
        var (_, output, _) = await _engine.RunAsync(spec);
        Assert.Equal("A=1\nAPI_ADDRESS=169.254.100.1:9001\nAPI_URL=http://169.254.100.1:9001\nEMPTY=\n" + _engine.AddedVariables + "LC_CTYPE=C.UTF-8\n", output);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/var/task/workload.py")]
    [InlineData("/etc/passwd")]
    public async Task Command_that_cannot_be_executed_is_told(string command)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => _engine.RunAsync(_engine.Runs([command])));
        Assert.Equal(EngineErrorKind.CommandNotExecutable, error.Kind);
    }

    [Fact]
    public async Task Workload_reaches_its_listener_and_the_answer_comes_back()
    {
        var spec = _engine.Plays("get", "169.254.100.1", "9001", "hello") with
        {
            Endpoints = [EngineFixture.Endpoint("region", "127.0.0.1", 4566), EngineFixture.Endpoint("api", "169.254.100.1", 9001)],
        };
        await using var workload = await _engine.Engine.StartAsync(spec, Token);
        Assert.Equal(["region", "api"], workload.Listeners.Select(listener => listener.Endpoint.Name));
        using var socket = await workload.Listeners[1].AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        Assert.NotNull(socket);
        var buffer = new byte[64];
        var length = await socket.ReceiveAsync(buffer, Token);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, length));
        await socket.SendAsync("world"u8.ToArray(), Token);
        socket.Close();
        var (output, error) = await EngineFixture.ReadAllAsync(workload, Token);
        Assert.Equal(("world\n", ""), (output, error));
        Assert.Equal(0, (await workload.WaitAsync(Token)).ExitCode);
    }

    [Fact]
    public async Task Accept_ends_when_the_workload_is_disposed()
    {
        var spec = _engine.Plays("forever") with { Endpoints = [EngineFixture.Endpoint("api", "169.254.100.1", 9001)] };
        var workload = await _engine.Engine.StartAsync(spec, Token);
        var accept = workload.Listeners[0].AcceptAsync(Token).AsTask();
        await workload.DisposeAsync();
        Assert.Null(await accept.WaitAsync(Limit, Token));
    }

    [Fact]
    public async Task Log_is_complete_to_the_last_byte_when_it_ends_in_the_middle_of_a_line()
    {
        var (_, output, error) = await _engine.RunAsync(_engine.Shell("i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done; printf end; printf last >&2"));
        Assert.Equal(string.Concat(Enumerable.Range(0, 20000).Select(i => $"line-{i}\n")) + "end", output);
        Assert.Equal("last", error);
    }

    [Fact]
    public async Task Stop_signal_comes_first_and_its_handler_decides()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Plays("on-term"), Token);
        await using var output = workload.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync());
        var exit = await workload.StopAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(7, exit.ExitCode);
    }

    [Fact]
    public async Task Stop_reaches_a_frozen_workload()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Plays("on-term"), Token);
        await using var output = workload.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync());
        await workload.FreezeAsync(Token);
        Assert.Equal(7, (await workload.StopAsync(TimeSpan.FromSeconds(20), Token)).ExitCode);
    }

    [Fact]
    public async Task Ignored_stop_signal_ends_in_a_kill_after_the_grace()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Plays("ignore-term"), Token);
        await using var output = workload.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync());
        var started = Stopwatch.GetTimestamp();
        var exit = await workload.StopAsync(TimeSpan.FromMilliseconds(300), Token);
        Assert.Equal(9, exit.Signal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Frozen_workload_stands_still_and_goes_on_when_thawed()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Plays("spin", "1000"), Token);
        await UntilAsync(async () => (await workload.StatsAsync(Token)).CpuTime > TimeSpan.FromMilliseconds(100), "it never ran");
        await workload.FreezeAsync(Token);
        await workload.FreezeAsync(Token);
        var frozen = (await workload.StatsAsync(Token)).CpuTime;
        await Task.Delay(300, Token);
        Assert.InRange((await workload.StatsAsync(Token)).CpuTime - frozen, TimeSpan.Zero, TimeSpan.FromMilliseconds(30));
        await workload.ThawAsync(Token);
        await UntilAsync(async () => (await workload.StatsAsync(Token)).CpuTime > frozen + TimeSpan.FromMilliseconds(100), "it never went on");
    }

    [Fact]
    public async Task Frozen_workload_can_be_killed()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Plays("forever"), Token);
        await workload.FreezeAsync(Token);
        Assert.Equal(9, (await workload.KillAsync(Token)).Signal);
    }

    [Fact]
    public async Task Cpu_share_is_enforced_and_can_be_lifted()
    {
        var spec = _engine.Plays("spin", "1") with { CpuMillis = 100 };
        var (_, output, _) = await _engine.RunAsync(spec);
        var used = double.Parse(output.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(used, 0.05, 0.2);

        await using var free = await _engine.Engine.StartAsync(_engine.Plays("spin", "1000") with { CpuMillis = 10, StartUnthrottled = true }, Token);
        await UntilAsync(async () => (await free.StatsAsync(Token)).CpuTime > TimeSpan.FromMilliseconds(400), "it was throttled from the start");
        await free.SetCpuAsync(10, Token);
        var before = (await free.StatsAsync(Token)).CpuTime;
        await Task.Delay(500, Token);
        Assert.InRange((await free.StatsAsync(Token)).CpuTime - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(120));
        await free.SetCpuAsync(null, Token);
        before = (await free.StatsAsync(Token)).CpuTime;
        await UntilAsync(async () => (await free.StatsAsync(Token)).CpuTime > before + TimeSpan.FromMilliseconds(200), "the limit was not lifted");
    }

    [Fact]
    public async Task Out_of_memory_is_told_from_other_kills()
    {
        var (exit, _, _) = await _engine.RunAsync(_engine.Plays("eat-memory") with { MemoryBytes = 64L * 1024 * 1024 });
        Assert.Equal((null, 9, true), (exit.ExitCode, exit.Signal, exit.OutOfMemory));
    }

    [Fact]
    public async Task Stats_are_kept_after_the_end()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Plays("spin", "0.3"), Token);
        await workload.WaitAsync(Token).WaitAsync(Limit, Token);
        var stats = await workload.StatsAsync(Token);
        Assert.InRange(stats.CpuTime, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(10));
        Assert.InRange(stats.MaxMemoryBytes, 2L * 1024 * 1024, 256L * 1024 * 1024);
    }

    [Fact]
    public async Task Controls_of_an_ended_workload_say_so()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Shell("exit 0"), Token);
        await workload.WaitAsync(Token).WaitAsync(Limit, Token);
        Assert.Equal(EngineErrorKind.NotRunning, (await Assert.ThrowsAsync<EngineException>(async () => await workload.FreezeAsync(Token))).Kind);
        Assert.Equal(0, (await workload.StopAsync(null, Token)).ExitCode);
        Assert.Equal(0, (await workload.KillAsync(Token)).ExitCode);
    }

    [Fact]
    public async Task Sandboxes_start_side_by_side()
    {
        await _engine.RunAsync(_engine.Shell("true"));
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _engine.RunAsync(_engine.Shell($"echo {i}; exit {i}"))));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => ((int?)i, $"{i}\n")), all.Select(one => (one.Exit.ExitCode, one.Output)));
    }

    [Fact]
    public async Task Cancelled_start_leaves_nothing()
    {
        await _engine.RunAsync(_engine.Shell("true"));
        using CancellationTokenSource cancelled = new();
        var start = _engine.Engine.StartAsync(_engine.Plays("forever") with { Id = "cancelled" }, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        try
        {
            await (await start).DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // Either is right: the start may have been quicker.
        }
        await UntilAsync(() => Task.FromResult(!_engine.Cgroups().Any(path => path.Contains("cancelled", StringComparison.Ordinal))), "its control groups stayed");
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, otherwise);
            await Task.Delay(10, Token);
        }
    }
}
