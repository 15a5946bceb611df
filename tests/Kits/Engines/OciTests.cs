using System.Globalization;
using System.Text;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>What images can ask for beyond what every workload can.</summary>
public sealed class OciTests : IClassFixture<OciFixture>
{
    private readonly OciFixture _engine;

    public OciTests(OciFixture engine)
    {
        engine.Require();
        _engine = engine;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<string> OutputAsync(WorkloadSpec spec)
    {
        var (_, output, error) = await EngineFixture.RunAsync(_engine.Engine, spec);
        return output + error;
    }

    [Theory]
    [InlineData("", "uid=0(root) gid=0(root) groups=0(root)")]
    [InlineData("app", "uid=1000(app) gid=1001(apps) groups=50(staff),1001(apps)")]
    [InlineData("app:daemon", "uid=1000(app) gid=1(daemon) groups=1(daemon)")]
    [InlineData("1000", "uid=1000(app) gid=1001(apps) groups=50(staff),1001(apps)")]
    [InlineData("4242:77", "uid=4242 gid=77 groups=77")]
    public async Task User_is_found_as_the_image_has_it(string user, string expected)
    {
        var output = await OutputAsync(_engine.Shell("id; grep -E 'Cap(Eff|Bnd)|Seccomp:' /proc/self/status") with { User = user });
        var lines = output.Split('\n');
        Assert.Equal(string.Join(' ', expected.Split(' ')[..2]), string.Join(' ', lines[0].Split(' ')[..2]));
        Assert.Equal(expected.Split("groups=")[1].Split(',').Order(), lines[0].Split("groups=")[1].Split(',').Order());
        Assert.Equal(user.Length == 0 ? "CapEff:\t00000000a80425fb" : "CapEff:\t0000000000000000", lines[1]);
        Assert.Equal("CapBnd:\t00000000a80425fb", lines[2]);
        Assert.Equal("Seccomp:\t2", lines[3]);
    }

    [Theory]
    [InlineData("nobody-such", EngineErrorKind.UserNotFound)]
    [InlineData("app:nogroup-such", EngineErrorKind.UserNotFound)]
    public async Task User_that_the_image_does_not_have_is_told(string user, EngineErrorKind kind) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<EngineException>(() => OutputAsync(_engine.Shell("true") with { User = user }))).Kind);

    [Fact]
    public async Task Capabilities_are_added_and_dropped()
    {
        Assert.Equal("CapEff:\t0000000000000401\n", await OutputAsync(_engine.Shell("grep CapEff /proc/self/status") with
        {
            DroppedCapabilities = ["ALL"],
            AddedCapabilities = ["CHOWN", "CAP_NET_BIND_SERVICE"],
        }));
        Assert.Equal(EngineErrorKind.Unsupported, (await Assert.ThrowsAsync<EngineException>(() => OutputAsync(_engine.Shell("true") with { AddedCapabilities = ["SYS_ADMIN"] }))).Kind);
    }

    [Fact]
    public async Task What_reaches_the_host_is_denied_or_hidden()
    {
        var output = await OutputAsync(_engine.Shell(
            "mount -t tmpfs x /tmp 2>&1; mknod /tmp/disk b 254 0 2>&1; dd if=/tmp/disk of=/dev/null count=1 2>&1; echo 1 > /proc/sys/kernel/panic; hostname x; head -c1 /proc/kcore | wc -c; ls /sys/firmware | wc -l"));
        Assert.Contains("mount: permission denied", output, StringComparison.Ordinal);
        Assert.Contains("Operation not permitted", output, StringComparison.Ordinal);
        Assert.Contains("can't create /proc/sys/kernel/panic: Read-only file system", output, StringComparison.Ordinal);
        Assert.Equal(["0", "0"], output.Split('\n').Where(line => line == "0"));
    }

    [Fact]
    public async Task Root_can_be_read_only_and_file_systems_in_memory_have_their_size()
    {
        var output = await OutputAsync(_engine.Shell("touch /x 2>&1; df -k /mem /dev/shm | tail -2; dd if=/dev/zero of=/mem/x bs=1M 2>&1 | grep -o 'No space.*'") with
        {
            ReadOnlyRoot = true,
            Tmpfs = [new() { Target = "/mem", SizeBytes = 4 * 1024 * 1024, Options = ["noexec", "mode=1777"] }],
            SharedMemoryBytes = 8 * 1024 * 1024,
        });
        Assert.StartsWith("touch: /x: Read-only file system\n", output, StringComparison.Ordinal);
        Assert.Contains(" 4096 ", output, StringComparison.Ordinal);
        Assert.Contains(" 8192 ", output, StringComparison.Ordinal);
        Assert.EndsWith("No space left on device\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_are_those_of_the_spec_as_far_as_the_host_allows()
    {
        var output = await OutputAsync(_engine.Shell("ulimit -n; ulimit -Hn; ulimit -s; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; nproc") with
        {
            Limits = [new("nofile", 100, 1L << 40), new("stack", 1024 * 1024, -1)],
            MemoryBytes = 64L * 1024 * 1024,
        });
        var lines = output.Split('\n');
        Assert.Equal("100", lines[0]);
        Assert.True(lines[1] == "unlimited" || long.Parse(lines[1], CultureInfo.InvariantCulture) >= 1000);
        Assert.Equal(("1024", "67108864"), (lines[2], lines[3]));
        Assert.Equal(EngineErrorKind.InvalidSpec, (await Assert.ThrowsAsync<EngineException>(() => OutputAsync(_engine.Shell("true") with { Limits = [new("nonsense", 1, 1)] }))).Kind);
    }

    [Fact]
    public async Task Storage_of_the_root_ends_at_its_size_and_tmp_can_have_its_own()
    {
        var output = await OutputAsync(_engine.Shell("dd if=/dev/zero of=/fill bs=1M 2>&1 | grep -o 'No space.*'; dd if=/dev/zero of=/tmp/fill bs=1M count=4 2>&1 | grep -c none; [ $(wc -c < /tmp/fill) = 4194304 ] && echo whole") with
        {
            StorageBytes = 16L * 1024 * 1024,
            TmpBytes = 8L * 1024 * 1024,
        });
        Assert.StartsWith("No space left on device\n0\nwhole\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_reaps_forwards_signals_and_ends_as_the_command()
    {
        var spec = _engine.Shell("trap 'echo got; exit 6' TERM; (sleep 0.01 &) ; echo up; while true; do usleep 10000; done") with { Init = true };
        await using var workload = await _engine.Engine.StartAsync(spec, Token);
        await using var output = workload.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync());
        Assert.Equal(6, (await workload.StopAsync(TimeSpan.FromSeconds(20), Token)).ExitCode);
        var (exit, text, _) = await EngineFixture.RunAsync(_engine.Engine, _engine.Shell("echo $$ $PPID; kill -9 $$") with { Init = true });
        Assert.Equal((9, "1"), (exit.Signal, text.Trim().Split(' ')[1]));
        Assert.Equal(3, (await EngineFixture.RunAsync(_engine.Engine, _engine.Shell("exit 3") with { Init = true })).Exit.ExitCode);
    }

    [Fact]
    public async Task Terminal_is_one()
    {
        var (exit, output, error) = await EngineFixture.RunAsync(_engine.Engine, _engine.Shell("tty; test -t 1 && echo yes; echo err >&2; exit 2") with { Terminal = true });
        Assert.Equal(("/dev/pts/0\r\nyes\r\nerr\r\n", "", 2), (output, error, exit.ExitCode));
    }

    [Fact]
    public async Task Volume_gets_what_the_image_has_there()
    {
        await using var group = await _engine.Engine.CreateGroupAsync(_engine.Group() with { Volumes = ["seeded"] }, Token);
        var spec = _engine.Shell("cat /var/task/plain.txt; echo more >> /var/task/plain.txt") with { Volumes = [new() { Volume = "seeded", Target = "/var/task" }] };
        foreach (var expected in (string[])["not a program\n", "not a program\nmore\n"])
        {
            await using var workload = await group.StartAsync(spec with { Id = "v" + expected.Length.ToString(CultureInfo.InvariantCulture) }, Token);
            Assert.Equal((expected, ""), await EngineFixture.ReadAllAsync(workload, Token));
        }
    }

    [Fact]
    public async Task Further_processes_run_inside_with_the_same_limits()
    {
        var spec = _engine.Runs("sleep", "1000") with { User = "app", WorkingDirectory = "/var", Environment = new Dictionary<string, string> { ["PATH"] = "/bin", ["A"] = "1" }, MaxPids = 20 };
        await using var workload = await _engine.Engine.StartAsync(spec, Token);
        var (code, text) = await ExecAsync(workload, "sh", "-c", "id -u; pwd; echo $A; grep -E 'CapEff|Seccomp:' /proc/self/status; [ \"$(cat /proc/self/cgroup)\" = \"$(cat /proc/1/cgroup)\" ] && grep -c . /proc/self/cgroup; ls /proc/1/exe; ps | grep -c sleep; exit 4");
        Assert.Equal(4, code);
        Assert.StartsWith("1000\n/var\n1\nCapEff:\t0000000000000000\nSeccomp:\t2\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n0\n", text, StringComparison.Ordinal);
        Assert.Equal((null, "started\n"), await ExecAsync(workload, "sh", "-c", "echo started; sleep 1000"));
        Assert.Equal(EngineErrorKind.CommandNotExecutable, (await Assert.ThrowsAsync<EngineException>(() => ExecAsync(workload, "nowhere"))).Kind);
        await workload.KillAsync(Token);
        Assert.Equal(EngineErrorKind.NotRunning, (await Assert.ThrowsAsync<EngineException>(() => ExecAsync(workload, "true"))).Kind);
    }

    private static async Task<(int? Code, string Output)> ExecAsync(IWorkload workload, params string[] command)
    {
        var result = await workload.ExecAsync(new() { Command = command, Timeout = TimeSpan.FromSeconds(2) }, Token);
        return (result.ExitCode, Encoding.UTF8.GetString(result.Output.Span));
    }

    [Fact]
    public async Task Command_without_a_path_is_looked_up()
    {
        Assert.Equal("here\n", await OutputAsync(_engine.Runs("echo", "here")));
        foreach (var command in (string[])["nowhere", "/var/task/plain.txt", "/var", "./echo"])
        {
            Assert.Equal(EngineErrorKind.CommandNotExecutable, (await Assert.ThrowsAsync<EngineException>(() => OutputAsync(_engine.Runs(command)))).Kind);
        }
    }

    [Fact]
    public async Task Damaged_layer_is_told()
    {
        var layer = TestImages.Small.Layers[0];
        var image = TestImages.Of(layer with { Digest = new string('1', 64), DiffId = new string('2', 64) });
        Assert.Equal(EngineErrorKind.ArtifactInvalid, (await Assert.ThrowsAsync<EngineException>(() => OutputAsync(_engine.Shell("true") with { Image = image }))).Kind);
    }

    [Fact]
    public async Task Hundred_starts_with_random_kills_leave_nothing()
    {
        var random = new Random(4);
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (i, token) =>
        {
            var group = await _engine.Engine.CreateGroupAsync(_engine.Group(i % 2 == 0 ? Lifetime.Durable : Lifetime.Ephemeral) with { Volumes = ["v"] }, token);
            var workload = await group.StartAsync(_engine.Shell("sleep 1000 & echo up; wait") with { Volumes = [new() { Volume = "v", Target = "/v" }] }, token);
            int kind;
            lock (random)
            {
                kind = random.Next(5);
            }
            switch (kind)
            {
                case 0:
                    await workload.KillAsync(token);
                    break;
                case 1:
                    await workload.StopAsync(TimeSpan.FromMilliseconds(10), token);
                    break;
                case 2 when OciRemains.Monitors(Path.Combine(_engine.RunDirectory, "oci", "g", group.Id) + "/").FirstOrDefault() is > 0 and var monitor:
                    _ = Fogbank.Engines.Linux.Native.Libc.Kill(monitor, 9);
                    break;
                case 3:
                    await workload.RemoveAsync(token);
                    break;
            }
            await group.RemoveAsync(token);
        });
        await EngineConformance.UntilAsync(
            () => Task.FromResult(!OciRemains.Processes(_engine.RunDirectory).Any() && !OciRemains.Monitors(_engine.RunDirectory).Any() && Directory.GetDirectories(Path.Combine(_engine.RunDirectory, "oci", "g")).Length == 0),
            "processes or folders stayed");
        Assert.Empty(OciRemains.Cgroups(_engine.RunDirectory).SelectMany(folder => Directory.GetDirectories(folder)));
        Assert.Empty(Remains.LoopDevices(Path.Combine(_engine.RunDirectory, "oci", "g")));
        Assert.DoesNotContain(Remains.Mounts(_engine.RunDirectory), line => line.Contains("/member/", StringComparison.Ordinal));
    }
}
