using System.Diagnostics;
using System.Globalization;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>Workloads that attack: each must fail inside and disturb nobody else.</summary>
public sealed class HostileWorkloadTests : IClassFixture<EngineFixture>
{
    private readonly EngineFixture _engine;

    public HostileWorkloadTests(EngineFixture engine)
    {
        engine.RequireIsolation();
        _engine = engine;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forks_end_at_the_limit_and_others_start_meanwhile()
    {
        await using var bomb = await _engine.Engine.StartAsync(_engine.Plays("fork-bomb") with { MaxPids = 40 }, Token);
        await using var output = bomb.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync());
        var made = System.Text.Encoding.UTF8.GetString(output.Current.Data.Span);
        Assert.StartsWith("fork: EAGAIN after ", made, StringComparison.Ordinal);
        Assert.InRange(int.Parse(made.Split(' ')[3], CultureInfo.InvariantCulture), 20, 39);
        var (exit, other, _) = await _engine.RunAsync(_engine.Shell("echo fine"));
        Assert.Equal((0, "fine\n"), (exit.ExitCode, other));
        Assert.Equal(9, (await bomb.KillAsync(Token)).Signal);
    }

    [Fact]
    public async Task Forking_for_ever_is_ended_by_a_kill()
    {
        await using var bomb = await _engine.Engine.StartAsync(_engine.Plays("fork-for-ever") with { MaxPids = 64, CpuMillis = 500 }, Token);
        await EngineConformance.UntilAsync(async () => (await bomb.StatsAsync(Token)).Pids >= 60, "it never reached its limit");
        Assert.Equal(9, (await bomb.KillAsync(Token)).Signal);
    }

    [Fact]
    public async Task Memory_of_a_child_that_eats_it_up_is_told()
    {
        var (exit, output, _) = await _engine.RunAsync(_engine.Plays("child-eats-memory") with { MemoryBytes = 64L * 1024 * 1024 });
        Assert.Equal("child -9\n", output);
        Assert.Equal((0, true), (exit.ExitCode, exit.OutOfMemory));
    }

    [Fact]
    public async Task Tmp_ends_at_its_size_and_is_not_charged_to_memory()
    {
        var (exit, output, _) = await _engine.RunAsync(_engine.Plays("fill-tmp") with { MemoryBytes = 48L * 1024 * 1024, TmpBytes = 96L * 1024 * 1024 });
        Assert.Equal((0, false), (exit.ExitCode, exit.OutOfMemory));
        Assert.StartsWith("tmp: ENOSPC after ", output, StringComparison.Ordinal);
        Assert.InRange(long.Parse(output.Split(' ')[3], CultureInfo.InvariantCulture), 90L * 1024 * 1024, 102L * 1024 * 1024);
    }

    [Fact]
    public async Task Hundred_megabytes_of_log_arrive_whole_when_somebody_reads()
    {
        await using var workload = await _engine.Engine.StartAsync(_engine.Plays("spam", "100"), Token);
        long bytes = 0, dropped = 0;
        await foreach (var chunk in workload.ReadOutputAsync(Token))
        {
            bytes += chunk.Stream == LogStream.StandardOutput ? chunk.Data.Length : 0;
            dropped += chunk.DroppedBytes;
        }
        Assert.Equal((100L * 1024 * 1024, 0L), (bytes, dropped));
        Assert.Equal(0, (await workload.WaitAsync(Token)).ExitCode);
    }

    [Fact]
    public async Task Log_that_nobody_reads_waits_then_is_dropped_and_counted()
    {
        await using var patient = _engine.NewEngine(options => options with
        {
            RunDirectory = options.RunDirectory + "-log",
            OutputBufferBytes = 256 * 1024,
            OutputPatience = TimeSpan.FromMilliseconds(300),
        });
        await using var workload = await patient.StartAsync(_engine.Plays("spam", "20"), Token);
        var exit = await workload.WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.Equal(0, exit.ExitCode);
        long bytes = 0, dropped = 0;
        await foreach (var chunk in workload.ReadOutputAsync(Token))
        {
            bytes += chunk.Data.Length;
            dropped += chunk.DroppedBytes;
        }
        Assert.InRange(bytes, 100 * 1024, 512 * 1024);
        Assert.Equal((20L * 1024 * 1024) + 5, bytes + dropped);
    }

    [Fact]
    public async Task Daemons_end_with_the_main_process()
    {
        var (exit, output, _) = await _engine.RunAsync(_engine.Plays("daemon") with { Id = "daemons" });
        Assert.Equal((0, "left daemons\n"), (exit.ExitCode, output));
        await EngineConformance.UntilAsync(
            () => Task.FromResult(!Remains.Cgroups(_engine.RunDirectory).Any(path => path.EndsWith("/daemons", StringComparison.Ordinal))), "its control groups stayed");
    }

    [Fact]
    public async Task Orphans_are_reaped()
    {
        var (exit, output, error) = await _engine.RunAsync(_engine.Plays("zombies", "200") with { MaxPids = 50 });
        Assert.Equal((0, "no zombies\n", ""), (exit.ExitCode, output, error));
    }

    [Fact]
    public async Task Every_attack_on_the_kernel_is_refused()
    {
        var (exit, output, error) = await _engine.RunAsync(_engine.Plays("attack"));
        Assert.Equal((0, ""), (exit.ExitCode, error));
        var results = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.True(results.Remove("personality-ok", out var harmless) && harmless == "ok");
        Assert.True(results.Remove("clone3", out var fallsBack) && fallsBack == "ENOSYS");
        Assert.True(results.Remove("setuid-root", out var unmapped) && unmapped is "EINVAL" or "EPERM"); // no such user in its namespace
        Assert.True(results.Count >= 30);
        Assert.All(results, result => Assert.Equal((result.Key, "EPERM"), (result.Key, result.Value)));
    }

    [Fact]
    public async Task Nothing_of_the_host_is_to_be_seen()
    {
        var (exit, output, error) = await _engine.RunAsync(_engine.Plays("look-around"));
        Assert.Equal((0, ""), (exit.ExitCode, error));
        var lines = output.Split('\n');
        foreach (var path in (string[])["/etc/shadow", "/root", "/work", "/var/lib", "/var/log", "/sys/kernel", "/dev/vda", "/dev/mem", "/dev/loop0", "/dev/kmsg", "/dev/fuse", "/run/docker.sock", "/proc/1/environ", "/proc/1/root"])
        {
            Assert.Contains(path + ": ENOENT", lines);
        }
        Assert.Contains("/home: 0 entries", lines);
        foreach (var path in (string[])["/proc/kcore", "/proc/kmsg", "/proc/keys", "/proc/sysrq-trigger"])
        {
            Assert.True(lines.Contains(path + ": 0 bytes") || lines.Contains(path + ": ENOENT"), path);
        }
        Assert.Contains("root: bin dev etc home lib lib64 opt proc run sbin tmp usr var", lines);
        Assert.Contains("pids: 2", lines);
        Assert.Contains("devices: fd full null random shm stderr stdin stdout urandom zero", lines);
        Assert.Contains("interfaces: lo", lines);
        foreach (var path in (string[])["/", "/usr", "/etc", "/var/task", "/opt", "/dev"])
        {
            Assert.Contains($"write {path}: EROFS", lines);
        }
        Assert.Contains(lines, line => line.StartsWith("write /usr/bin/python3: E", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("write /proc/sys/kernel/hostname: E", StringComparison.Ordinal));
        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        {
            Assert.Contains(set + ": 0000000000000000", lines);
        }
        Assert.Contains("NoNewPrivs: 1", lines);
        Assert.Contains("Seccomp: 2", lines);
        Assert.Contains("fds: 0 1 2", lines);
        Assert.Contains("user: sandbox 993 990", lines);
    }

    [Fact]
    public async Task Host_loopback_and_other_sandboxes_are_out_of_reach()
    {
        using System.Net.Sockets.TcpListener host = new(System.Net.IPAddress.Loopback, 0);
        host.Start();
        var port = ((System.Net.IPEndPoint)host.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var (_, output, _) = await _engine.RunAsync(_engine.Plays("connect", "127.0.0.1", port));
        Assert.Equal("connect: ECONNREFUSED\n", output);

        var other = _engine.Plays("forever") with { Endpoints = [EngineFixture.Endpoint("api", "169.254.100.1", 9001)] };
        await using var victim = await _engine.Engine.StartAsync(other, Token);
        var (_, reached, _) = await _engine.RunAsync(_engine.Plays("connect", "169.254.100.1", "9001"));
        Assert.Equal("connect: ENETUNREACH\n", reached);
        var (_, found, _) = await _engine.RunAsync(_engine.Plays("memory-of-others"));
        Assert.Equal("found 0\n", found);
    }

    [Fact]
    public async Task Nothing_is_left_after_thirty_starts_and_a_clean_end()
    {
        await using var own = _engine.NewEngine(options => options with { RunDirectory = options.RunDirectory + "-cycles" });
        var run = _engine.RunDirectory + "-cycles";
        for (var i = 0; i < 30; i++)
        {
            await EngineFixture.RunAsync(own, _engine.Shell("(setsid sleep 1000 &); echo x > /tmp/x; exit 0"));
        }
        Assert.NotEmpty(Remains.Cgroups(run)); // or the check below would see nothing anyway
        await own.DisposeAsync();
        Assert.Empty(Remains.Cgroups(run));
        Assert.Empty(Remains.Mounts(run));
        Assert.Empty(Directory.GetFileSystemEntries(run));
        await EngineConformance.UntilAsync(() => Task.FromResult(!Remains.LoopDevices(run).Any()), "loop devices stayed");
    }

    [Fact]
    public async Task Nothing_is_left_two_seconds_after_the_region_was_killed()
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-killed-").FullName;
        var run = Path.Combine(folder, "run");
        using var region = Process.Start(new ProcessStartInfo(EngineFixture.WardenHost, ["region", run, Path.Combine(folder, "cache")]) { RedirectStandardOutput = true })!;
        Assert.Equal("started", await region.StandardOutput.ReadLineAsync(Token));
        var processes = Remains.Descendants(region.Id).ToArray();
        Assert.InRange(processes.Length, 9, 100);
        Assert.NotEmpty(Remains.Cgroups(run));
        Assert.NotEmpty(Remains.LoopDevices(run));

        region.Kill();
        var killed = Stopwatch.GetTimestamp();
        await EngineConformance.UntilAsync(() => Task.FromResult(
            !processes.Any(Remains.IsAlive) && !Remains.Cgroups(run).Any() && !Remains.LoopDevices(run).Any()
            && !Remains.Mounts(run).Any() && Directory.GetFileSystemEntries(run).Length == 0), "something stayed");
        Assert.True(Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(2), "it took longer than two seconds");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Killed_warden_takes_its_workloads_along_and_the_next_start_gets_another()
    {
        var run = _engine.RunDirectory + "-warden";
        await using var own = _engine.NewEngine(options => options with { RunDirectory = run });
        await using var workload = await own.StartAsync(_engine.Plays("ignore-term"), Token);
        var processes = Remains.Descendants(own.WardenPid).ToArray();
        Assert.NotEmpty(processes);
        using (var warden = Process.GetProcessById(own.WardenPid))
        {
            warden.Kill();
        }
        Assert.True((await workload.WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(5), Token)).Lost);
        await EngineConformance.UntilAsync(() => Task.FromResult(!processes.Any(Remains.IsAlive)), "a workload outlived its warden");
        var (exit, _, _) = await EngineFixture.RunAsync(own, _engine.Shell("exit 5"));
        Assert.Equal(5, exit.ExitCode);
        Assert.DoesNotContain(Remains.Cgroups(run), path => path.EndsWith("/" + workload.Id, StringComparison.Ordinal));
    }
}
