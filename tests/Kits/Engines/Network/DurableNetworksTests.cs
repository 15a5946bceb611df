using System.Diagnostics;
using System.Net;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Network.Netlink;
using Fogbank.Engines.Linux.Network.Nft;
using Xunit;

namespace Fogbank.Tests.Kits.Engines.Network;

/// <summary>What of networks outlives a warden, and that nothing else does.</summary>
public sealed class DurableNetworksTests : IDisposable
{
    private readonly NetworkLab _lab = new();

    [Fact]
    public void Durable_members_are_found_again_with_their_network()
    {
        _lab.With(networks =>
        {
            networks.Join("task", NetworkLab.Spec("172.31.0.5"), [IPAddress.Parse("169.254.170.2")], isDurable: true);
            networks.Join("alone", null, [], isDurable: true);
        });
        _lab.With(networks =>
        {
            using var server = _lab.Listen(_lab.Internet, NetworkLab.InternetAddress, 443);
            var found = networks.Find("task");

            Assert.Equal(["alone", "task"], networks.List().Order());
            Assert.NotNull(found);
            Assert.Same(found, networks.Join("task", NetworkLab.Spec("172.31.0.5"), [], isDurable: true));
            Assert.Equal(NetworkLab.Spec("172.31.0.5"), found.Spec);
            foreach (var fd in found.Listen([new() { Address = "169.254.170.2", Port = 80 }]))
            {
                _ = Libc.Close(fd);
            }
            _lab.AssertReaches(found.Descriptor, NetworkLab.InternetAddress, 443);
            var other = networks.Join("other", NetworkLab.Spec("172.31.0.6"), [], isDurable: false);
            using var listener = _lab.Listen(found.Descriptor, IPAddress.Any, 80);
            _lab.AssertReaches(other.Descriptor, found.Spec!.Address, 80);
            networks.Leave(other);

            networks.Sweep(new HashSet<string> { "alone" });

            Assert.Equal(["alone"], networks.List());
            networks.Leave(networks.Find("alone")!);
        });
        AssertNothingIsLeft();
    }

    [Fact]
    public void What_is_not_durable_ends_with_its_warden()
    {
        _lab.Run(() =>
        {
            using var networks = Networks.Open(_lab.Options);
            networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false).Wired.Dispose();
        });
        _lab.With(networks => Assert.Empty(networks.List()));
        AssertNothingIsLeft();
    }

    /// <summary>A process that only makes and removes networks is killed at random moments; what it leaves is found, used and removed by the next.</summary>
    [Fact]
    public void Nothing_is_left_after_a_hundred_random_kills()
    {
        Random random = new(1);
        var found = 0;
        for (var cycle = 0; cycle < 100; cycle++)
        {
            _lab.Run(() =>
            {
                using var process = Process.Start(new ProcessStartInfo(EngineFixture.WardenHost, ["networks", _lab.Folder, _lab.MachineFolder])
                {
                    RedirectStandardOutput = true,
                })!;
                for (var step = random.Next(0, 12); step >= 0; step--)
                {
                    Assert.NotNull(process.StandardOutput.ReadLine());
                }
                var until = TimeProvider.System.GetTimestamp();
                var wait = TimeSpan.FromMilliseconds(random.NextDouble() * 10);
                while (TimeProvider.System.GetElapsedTime(until) < wait)
                {
                    Thread.Yield();
                }
                process.Kill();
                process.WaitForExit();
            });
            if (cycle % 10 == 9)
            {
                _lab.With(networks => found += networks.List().Count);
            }
        }
        Assert.NotEqual(0, found);
        _lab.With(networks => networks.Sweep(new HashSet<string>()));
        AssertNothingIsLeft();
    }

    [Fact]
    public void Forwarding_is_switched_on_for_the_time_of_networks_only()
    {
        _lab.With(networks =>
        {
            Assert.Equal("0", ReadForwarding());
            var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
            Assert.Equal("1", ReadForwarding());
            networks.Leave(one);
            networks.RemoveEmpty();
            Assert.Equal("0", ReadForwarding());
        });
        AssertNothingIsLeft();
    }

    [Fact]
    public void A_filter_that_drops_what_is_forwarded_is_told_to_let_ours_through() => _lab.Run(() =>
    {
        using NetlinkSocket netfilter = new(NetlinkSocket.Netfilter);
        // As Docker leaves it: what none of its rules accepts is dropped, its users' chain comes first.
        var drop = new NftRule().Drop();
        new NftBatch().Table("filter").Chain("filter", "FORWARD", NftHook.Forward, 0).PlainChain("filter", "DOCKER-USER")
            .Rule("filter", "FORWARD", new NftRule().Jump("DOCKER-USER")).Rule("filter", "FORWARD", drop).Commit(netfilter);
        using var server = _lab.Listen(_lab.Internet, NetworkLab.InternetAddress, 443);
        using (var networks = Networks.Open(_lab.Options))
        {
            var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
            _lab.AssertReaches(one.Descriptor, NetworkLab.InternetAddress, 443);
            var second = networks.Join("two", NetworkLab.Spec("172.31.0.5", network: "vpc-2"), [], isDurable: false);
            _lab.AssertReaches(second.Descriptor, NetworkLab.InternetAddress, 443);
            networks.Leave(one);
            networks.Leave(second);
        }
        Assert.Equal(["filter"], NftBatch.Tables(netfilter));
        Assert.Equal(0, NftBatch.CountRules(netfilter, "filter", "DOCKER-USER"));
        Assert.Equal(2, NftBatch.CountRules(netfilter, "filter", "FORWARD"));
    });

    [Fact]
    public void A_filter_that_comes_later_is_told_too() => _lab.Run(() =>
    {
        using NetlinkSocket netfilter = new(NetlinkSocket.Netfilter);
        using var server = _lab.Listen(_lab.Internet, NetworkLab.InternetAddress, 443);
        using var networks = Networks.Open(_lab.Options);
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);

        new NftBatch().Table("filter").Chain("filter", "FORWARD", NftHook.Forward, 0).Rule("filter", "FORWARD", new NftRule().Drop()).Commit(netfilter);

        Assert.True(SpinWait.SpinUntil(() => NftBatch.CountRules(netfilter, "filter", "FORWARD") == 3, TimeSpan.FromSeconds(10)));
        _lab.AssertReaches(one.Descriptor, NetworkLab.InternetAddress, 443);
        networks.Leave(one);
    });

    [Fact]
    public void Places_are_given_from_a_pool() => _lab.With(networks =>
    {
        var first = networks.Join("first", NetworkLab.Spec("172.31.0.4"), [], isDurable: false);
        List<double>[] measured = [[], []]; // durable ones are named in the file system, too
        for (var i = 0; i < 100; i++)
        {
            Assert.True(SpinWait.SpinUntil(() => networks.Ready("vpc-1", limitable: false) == 2, TimeSpan.FromSeconds(10)));
            using ManualResetEventSlim never = new();
            never.Wait(30, TestContext.Current.CancellationToken); // idle: the first change after a pause is the dear one
            var start = TimeProvider.System.GetTimestamp();
            var member = networks.Join($"m{i}", NetworkLab.Spec("172.31.0.5"), [IPAddress.Parse("169.254.170.2")], isDurable: i % 2 == 0);
            measured[i % 2].Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            networks.Leave(member);
        }
        foreach (var milliseconds in measured)
        {
            milliseconds.Sort();
            TestContext.Current.TestOutputHelper?.WriteLine($"place in a network: p10 {milliseconds[5]:0.00} ms, p50 {milliseconds[25]:0.00} ms, p90 {milliseconds[45]:0.00} ms");
        }
        // The fastest tenth, and several times what it takes: the machine may be busy.
        Assert.True(measured[1][5] < 1, $"p10 {measured[1][5]} ms");
        networks.Leave(first);
    });

    private string ReadForwarding() => File.ReadAllText("/proc/sys/net/ipv4/conf/wan0/forwarding").Trim();

    private void AssertNothingIsLeft() => _lab.Run(() =>
    {
        Assert.Equal(["lo", "wan0"], _lab.Devices(_lab.Host));
        using NetlinkSocket netfilter = new(NetlinkSocket.Netfilter);
        Assert.Empty(NftBatch.Tables(netfilter));
        Assert.Equal("0", ReadForwarding());
        Assert.False(Directory.Exists(_lab.Folder), "The folder is still there.");
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(_lab.Folder, StringComparison.Ordinal));
    });

    public void Dispose() => _lab.Dispose();
}
