using System.Net;
using System.Net.Sockets;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Network.Netlink;
using Xunit;

namespace Fogbank.Tests.Kits.Engines.Network;

public sealed class NetworksTests : IDisposable
{
    private static readonly IPAddress First = IPAddress.Parse("172.31.0.5");
    private static readonly IPAddress Second = IPAddress.Parse("172.31.0.6");
    private static readonly IPAddress OtherSubnet = IPAddress.Parse("172.31.16.5");

    private readonly NetworkLab _lab = new();

    [Fact]
    public void Workloads_of_a_network_reach_each_other() => _lab.With(networks =>
    {
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
        var two = networks.Join("two", NetworkLab.Spec("172.31.0.6"), [], isDurable: false);
        using var listener = _lab.Listen(two.Descriptor, Second, 80);

        _lab.AssertReaches(one.Descriptor, Second, 80);
        using var accepted = NetworkLab.Accept(listener);

        Assert.Equal(First, ((IPEndPoint)accepted.RemoteEndPoint!).Address);
        networks.Leave(one);
        networks.Leave(two);
    });

    [Fact]
    public void Workloads_reach_other_subnets_of_their_network() => _lab.With(networks =>
    {
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
        var two = networks.Join("two", NetworkLab.Spec("172.31.16.5", gateway: "172.31.16.1"), [], isDurable: false);
        using var listener = _lab.Listen(two.Descriptor, OtherSubnet, 80);

        _lab.AssertReaches(one.Descriptor, OtherSubnet, 80);
        using var accepted = NetworkLab.Accept(listener);

        Assert.Equal(First, ((IPEndPoint)accepted.RemoteEndPoint!).Address);
        networks.Leave(one);
        networks.Leave(two);
    });

    [Fact]
    public void Networks_with_the_same_addresses_are_apart() => _lab.With(networks =>
    {
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
        var two = networks.Join("two", NetworkLab.Spec("172.31.0.6", network: "vpc-2"), [], isDurable: false);
        using var listener = _lab.Listen(two.Descriptor, IPAddress.Any, 80);
        using var seen = _lab.TryConnect(networks.Find("none")?.Descriptor ?? two.Descriptor, Second, 80);

        Assert.NotNull(seen);
        _lab.AssertDoesNotReach(one.Descriptor, Second, 80);
        // Nor by the other network's link to the machine, whose addresses follow each other.
        foreach (var range in Addresses.UplinkRanges)
        {
            _lab.AssertDoesNotReach(one.Descriptor, Addresses.Add(range.BaseAddress, 2), 80);
        }
        networks.Leave(one);
        networks.Leave(two);
    });

    [Fact]
    public void Workloads_reach_the_Internet_with_the_address_of_the_machine() => _lab.With(networks =>
    {
        using var server = _lab.Listen(_lab.Internet, NetworkLab.InternetAddress, 443);
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);

        _lab.AssertReaches(one.Descriptor, NetworkLab.InternetAddress, 443);
        using var accepted = NetworkLab.Accept(server);

        Assert.Equal(NetworkLab.HostAddress, ((IPEndPoint)accepted.RemoteEndPoint!).Address);
        networks.Leave(one);
    });

    [Fact]
    public void Datagrams_reach_the_Internet_and_their_answers_come_back() => _lab.With(networks =>
    {
        using var server = _lab.NewSocket(_lab.Internet, SocketType.Dgram);
        server.Bind(new IPEndPoint(NetworkLab.InternetAddress, 53));
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
        using var client = _lab.NewSocket(one.Descriptor, SocketType.Dgram);
        var buffer = new byte[16];

        client.SendTo([7], new IPEndPoint(NetworkLab.InternetAddress, 53));
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        server.ReceiveFrom(buffer, ref from);
        server.SendTo([8], from);

        Assert.Equal(1, client.Receive(buffer));
        Assert.Equal(8, buffer[0]);
        networks.Leave(one);
    });

    [Fact]
    public void Without_egress_only_the_network_is_reached() => _lab.With(networks =>
    {
        using var server = _lab.Listen(_lab.Internet, NetworkLab.InternetAddress, 443);
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5") with { Egress = false }, [], isDurable: false);
        var two = networks.Join("two", NetworkLab.Spec("172.31.16.5", gateway: "172.31.16.1"), [], isDurable: false);
        using var listener = _lab.Listen(two.Descriptor, OtherSubnet, 80);

        _lab.AssertDoesNotReach(one.Descriptor, NetworkLab.InternetAddress, 443);
        _lab.AssertReaches(one.Descriptor, OtherSubnet, 80);
        // Nor where it makes itself a route, as some workloads can.
        one.Wired.Route.Send(LinkMessages.AddRoute(one.Wired.DeviceIndex, null, IPAddress.Parse("172.31.0.1")));
        _lab.AssertDoesNotReach(one.Descriptor, NetworkLab.InternetAddress, 443);
        networks.Leave(one);
        // The next with this address may get out again.
        var next = networks.Join("next", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
        _lab.AssertReaches(next.Descriptor, NetworkLab.InternetAddress, 443);
        networks.Leave(next);
        networks.Leave(two);
    });

    [Fact]
    public void The_machine_and_what_is_reserved_are_out_of_reach() => _lab.With(networks =>
    {
        using var everywhere = _lab.Listen(_lab.Host, IPAddress.Any, 8080);
        using var loopback = _lab.Listen(_lab.Host, IPAddress.Loopback, 8081);
        _lab.AssertReaches(_lab.Internet, NetworkLab.HostAddress, 8080);
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);

        _lab.AssertDoesNotReach(one.Descriptor, IPAddress.Loopback, 8081);
        _lab.AssertDoesNotReach(one.Descriptor, NetworkLab.HostAddress, 8080);
        _lab.AssertDoesNotReach(one.Descriptor, IPAddress.Parse("172.31.0.1"), 8080);
        foreach (var address in HostAddressesOfUplinks())
        {
            _lab.AssertDoesNotReach(one.Descriptor, address, 8080);
        }
        _lab.AssertDoesNotReach(one.Descriptor, IPAddress.Parse("169.254.169.254"), 80);
        networks.Leave(one);
    });

    [Fact]
    public void Nobody_outside_reaches_a_workload_nor_through_the_machine() => _lab.With(networks =>
    {
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
        using var listener = _lab.Listen(one.Descriptor, IPAddress.Any, 80);
        _lab.AssertDoesNotReach(_lab.Host, First, 80);
        using var internet = NamespaceFile.Inside(_lab.Internet, _lab.Host, () => new NetlinkSocket(0));
        var isp = LinkMessages.Find(internet, "isp0")!.Value.Index;
        internet.Send(LinkMessages.AddRoute(isp, null, NetworkLab.HostAddress));

        _lab.AssertDoesNotReach(_lab.Internet, First, 80);
        foreach (var address in HostAddressesOfUplinks())
        {
            _lab.AssertDoesNotReach(_lab.Internet, Addresses.Add(address, 1), 80);
        }
        networks.Leave(one);
    });

    [Fact]
    public void Endpoints_listen_inside_and_are_accepted_outside() => _lab.With(networks =>
    {
        var address = IPAddress.Parse("169.254.170.2");
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [address, IPAddress.Loopback], isDurable: false);
        var two = networks.Join("two", NetworkLab.Spec("172.31.0.6"), [], isDurable: false);

        var descriptors = one.Listen([new() { Address = "169.254.170.2", Port = 80 }, new() { Address = "127.0.0.1", Port = 4566 }]);
        using Socket credentials = new(new SafeSocketHandle(descriptors[0], true)), region = new(new SafeSocketHandle(descriptors[1], true));

        _lab.AssertReaches(one.Descriptor, address, 80);
        _lab.AssertReaches(one.Descriptor, IPAddress.Loopback, 4566);
        NetworkLab.Accept(credentials).Dispose();
        NetworkLab.Accept(region).Dispose();
        _lab.AssertDoesNotReach(two.Descriptor, address, 80);
        _lab.AssertDoesNotReach(two.Descriptor, IPAddress.Loopback, 4566);
        networks.Leave(one);
        networks.Leave(two);
    });

    [Fact]
    public void A_socket_made_in_the_network_connects_from_outside() => _lab.With(networks =>
    {
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5"), [], isDurable: false);
        using var listener = _lab.Listen(one.Descriptor, First, 80);

        using (Socket fromNetwork = new(new SafeSocketHandle(networks.NewSocket("vpc-1"), true)))
        {
            fromNetwork.Connect(First, 80);
        }
        using (Socket fromInside = new(new SafeSocketHandle(one.NewSocket(), true)))
        {
            fromInside.Connect(First, 80);
        }

        NetworkLab.Accept(listener).Dispose();
        NetworkLab.Accept(listener).Dispose();
        networks.Leave(one);
        Assert.Equal(EngineErrorKind.NotRunning, Assert.Throws<EngineException>(() => networks.NewSocket("vpc-0")).Kind);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rates_hold_in_both_directions(bool up) => _lab.With(networks =>
    {
        const int rate = 2 * 1024 * 1024;
        using var server = _lab.Listen(_lab.Internet, NetworkLab.InternetAddress, 443);
        var one = networks.Join("one", NetworkLab.Spec("172.31.0.5") with { BytesPerSecond = rate }, [], isDurable: false);
        using var client = _lab.TryConnect(one.Descriptor, NetworkLab.InternetAddress, 443)!;
        Assert.NotNull(client);
        using var accepted = NetworkLab.Accept(server);
        var (from, to) = up ? (client, accepted) : (accepted, client);
        var sender = new Thread(() =>
        {
            try
            {
                var bytes = new byte[65536];
                while (true)
                {
                    from.Send(bytes);
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // the end
            }
        });
        sender.Start();

        var buffer = new byte[65536];
        long total = 0;
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(2))
        {
            total += to.Receive(buffer);
        }
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        client.Dispose();
        accepted.Dispose();
        sender.Join();

        Assert.InRange(total / seconds, rate * 0.6, rate * 1.3);
        networks.Leave(one);
    });

    [Fact]
    public void What_cannot_be_is_refused() => _lab.With(networks =>
    {
        var spec = NetworkLab.Spec("172.31.0.5");
        NetworkSpec[] wrong =
        [
            spec with { Network = "../../x" }, spec with { Network = "" }, spec with { Address = IPAddress.Parse("10.0.0.1") },
            spec with { Gateway = IPAddress.Parse("10.0.0.1") }, spec with { Address = spec.Gateway }, spec with { PrefixLength = 12 },
            spec with { PrefixLength = 32 }, spec with { MacAddress = "02:00" }, spec with { MacAddress = "01:00:00:00:00:01" }, spec with { BytesPerSecond = 0 },
            spec with { Range = IPNetwork.Parse("169.254.0.0/16"), Address = IPAddress.Parse("169.254.1.5"), Gateway = IPAddress.Parse("169.254.1.1") },
        ];
        foreach (var one in wrong)
        {
            Assert.Equal(EngineErrorKind.InvalidSpec, Assert.Throws<EngineException>(() => networks.Join("one", one, [], isDurable: false)).Kind);
        }
        Assert.Equal(["lo", "wan0"], _lab.Devices(_lab.Host));
    });

    private IEnumerable<IPAddress> HostAddressesOfUplinks()
    {
        using var route = new NetlinkSocket(0);
        var pieces = LinkMessages.UsedNetworks(route, new HashSet<int>())
            .Where(network => network.PrefixLength == 32 && Addresses.UplinkRanges.Any(range => range.Contains(network.BaseAddress)))
            .Select(network => network.BaseAddress).Where(address => (address.GetAddressBytes()[3] & 3) == 1).Distinct().ToList();
        Assert.NotEmpty(pieces);
        return pieces;
    }

    public void Dispose() => _lab.Dispose();
}
