using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Functions that look for what is not theirs: the host's, or another function's.</summary>
public sealed class CuriousFunctionTests(HostileRegion region) : HostileTest(region)
{
    [Fact]
    public async Task Its_surroundings_are_its_own()
    {
        var function = await Region.DeployAsync();
        var seen = (await function.InvokeAsync("surroundings")).Ok;
        Assert.Subset(
            new HashSet<string> { "bin", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "opt", "proc", "run", "sbin", "tmp", "usr", "var" },
            seen["root"]!.AsArray().Select(one => one!.ToString()).ToHashSet());
        Assert.Equal("[2]", seen["pids"]!.ToJsonString());
        Assert.Equal("fd full null random shm stderr stdin stdout urandom zero", string.Join(' ', seen["devices"]!.AsArray().Select(one => one!.ToString())));
        Assert.Equal("""["lo"]""", seen["interfaces"]!.ToJsonString());
        Assert.All(seen["capabilities"]!.AsObject(), set => Assert.Equal("0000000000000000", set.Value!.ToString()));
        Assert.Equal(("1", "2", "[]"), (seen["privileges"]!.ToString(), seen["seccomp"]!.ToString(), seen["groups"]!.ToJsonString()));
        Assert.DoesNotContain("0", seen["ids"]!.AsArray().Select(one => one!.ToString()));
        // Its input, its two outputs, the connection to its own runtime API: nothing inherited.
        Assert.Equal(["0", "1", "2", "3"], seen["descriptors"]!.AsObject().Select(pair => pair.Key).Order());
        Assert.Equal("socket", seen["descriptors"]!["3"]!.ToString());
        Assert.DoesNotContain("FOGBANK_E2E_SECRET", seen["environment"]!.AsArray().Select(one => one!.ToString()));
    }

    [Fact]
    public async Task Files_of_the_host_are_not_there()
    {
        var region = await Region.RegionAsync();
        var marker = "marker-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var here = Directory.CreateTempSubdirectory(marker).FullName;
        try
        {
            File.WriteAllText(Path.Combine(here, marker), marker);
            File.WriteAllText(Path.Combine(region.DataDirectory, marker), marker);
            var function = await Region.DeployAsync(memory: 1769);
            string[] paths =
            [
                "/etc/shadow", "/root", "/work", "/srv", "/mnt", "/boot", "/sys", "/sys/fs/cgroup", "/var/lib", "/var/log", "/run/docker.sock", "/dev/mem", "/dev/kmsg",
                "/dev/loop-control", "/dev/loop0", "/dev/fuse", "/dev/net/tun", "/dev/tty", "/proc/1/environ", "/proc/1/root", "/proc/1/cwd", "/proc/1/fd",
                here, region.DataDirectory, Path.Combine(region.DataDirectory, "region.key"), Path.Combine(region.DataDirectory, "control.db"),
                "/proc/self/root" + region.DataDirectory, "/proc/self/cwd/../../.." + region.DataDirectory,
                Path.Combine(Harness.Repository.Root, "Fogbank.slnx"), Harness.Repository.Binary,
            ];
            var found = (await function.InvokeAsync("read_paths", new { paths })).Map;
            Assert.All(found, path => Assert.True(path.Value is "ENOENT" or "EACCES", $"{path.Key}: {path.Value}"));
            foreach (var (path, text) in (await function.InvokeAsync("read_paths", new { paths = (string[])["/home", "/run", "/opt", "/proc/kcore", "/proc/keys", "/proc/kmsg", "/proc/sysrq-trigger", "/proc/cmdline"] })).Map)
            {
                Assert.True(text is "0 entries" or "0 bytes" or "ENOENT", $"{path}: {text}");
            }

            Assert.Equal("[]", (await function.InvokeAsync("find_names", new { names = (string[])[marker, "region.key", "control.db", "lambda-queue"] })).Ok.ToJsonString());
            // The words are sent in two parts, or its own memory would hold them.
            Assert.Equal("[]", (await function.InvokeAsync("find_text", new { words = (string[])[marker, HostileRegion.HostSecret] })).Ok.ToJsonString());
        }
        finally
        {
            Directory.Delete(here, recursive: true);
        }
    }

    [Fact]
    public async Task Of_loopback_only_the_region_is_there()
    {
        using TcpListener loopback = new(IPAddress.Loopback, 0), everywhere = new(IPAddress.IPv6Any, 0);
        everywhere.Server.DualMode = true;
        loopback.Start();
        everywhere.Start();
        var name = "fogbank-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        using var local = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        local.Bind(new UnixDomainSocketEndPoint("\0" + name));
        local.Listen();
        var region = await Region.RegionAsync();
        var function = await Region.DeployAsync();
        List<object[]> targets =
        [
            ["127.0.0.1", Port(loopback)], ["127.0.0.1", Port(everywhere)], ["127.0.0.1", region.Address.Port], ["127.0.0.2", Port(everywhere)],
            ["127.0.0.1", 22], ["127.0.0.1", 53], ["169.254.169.254", 80], ["169.254.170.2", 80], ["192.0.2.1", 80], ["@" + name],
        ];
        targets.AddRange((await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork, TestContext.Current.CancellationToken))
            .Where(address => !IPAddress.IsLoopback(address)).Select(address => (object[])[address.ToString(), Port(everywhere)]));
        var reached = (await function.InvokeAsync("reach", new { targets })).Map;
        Assert.All(reached, target => Assert.True(target.Value is "ECONNREFUSED" or "ENETUNREACH", $"{target.Key}: {target.Value}"));
        Assert.False(loopback.Pending() || everywhere.Pending());

        var health = (await function.InvokeAsync("call_region", new { path = "/_fogbank/health" })).Ok.AsArray();
        Assert.Equal(200, health[0]!.GetValue<int>());

        static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [Fact]
    public async Task No_process_but_its_own_can_be_signalled()
    {
        var function = await Region.DeployAsync();
        // Number 1 is its own first process, which it sees and may not signal: attack_kernel tries.
        Assert.Equal("[1]", (await function.InvokeAsync("signal_everybody")).Ok.ToJsonString());
    }

    [Fact]
    public async Task Another_functions_secrets_stay_where_they_are()
    {
        var secret = "victim-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var key = RandomNumberGenerator.GetInt32(1 << 20, int.MaxValue);
        var victim = await Region.DeployAsync(variables: new Dictionary<string, string> { ["SECRET"] = secret });
        var attacker = await Region.DeployAsync(memory: 1769);
        var kept = (await victim.InvokeAsync("keep_secret", new { secret, key })).Ok;
        Assert.NotEqual(-1, kept["segment"]!.GetValue<int>());
        Assert.Equal(kept["segment"]!.GetValue<int>(), (await victim.InvokeAsync("find_segment", new { key })).Ok["found"]!.GetValue<int>());

        Assert.Equal("[]", (await attacker.InvokeAsync("find_text", new { words = (string[])[secret] })).Ok.ToJsonString());
        Assert.Equal("[]", (await attacker.InvokeAsync("find_names", new { names = (string[])[secret] })).Ok.ToJsonString());
        Assert.Equal((-1, "ENOENT"), ((await attacker.InvokeAsync("find_segment", new { key })).Ok) is { } missing ? (missing["found"]!.GetValue<int>(), missing["error"]!.ToString()) : default);
        Assert.Equal("ECONNREFUSED", (await attacker.InvokeAsync("reach", new { targets = (object[])[new[] { "@" + secret }] })).Map["@" + secret]);
    }

    [Fact]
    public async Task Each_has_the_credentials_of_its_own_role()
    {
        foreach (var role in (string[])["hostile-one", "hostile-two"])
        {
            var function = await Region.DeployAsync(role: role);
            var identity = (await function.InvokeAsync("whoami")).Ok.AsArray();
            Assert.Contains($":assumed-role/{role}/{function.Name}</Arn>", identity[1]!.ToString(), StringComparison.Ordinal);
        }
    }
}
