using System.Net;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network.Netlink;

namespace Fogbank.Engines.Linux.Network;

/// <summary>A network namespace for one workload or group, made beforehand: loopback up, and where it has a network, a device joined to the bridge.</summary>
internal sealed class WiredNamespace : IDisposable
{
    /// <summary>Name of the device inside.</summary>
    internal const string Device = "eth0";

    // A limit that no link reaches: changing one costs microseconds, adding one waits for all processors.
    private const long Unlimited = 100L * 1024 * 1024 * 1024;

    private WiredNamespace(int descriptor, NetlinkSocket route) => (Descriptor, Route) = (descriptor, route);

    /// <summary>The namespace.</summary>
    internal int Descriptor { get; }

    /// <summary>The network inside.</summary>
    internal NetlinkSocket Route { get; }

    /// <summary>The device inside; 0 without a network.</summary>
    internal int DeviceIndex { get; private set; }

    /// <summary>The other end, in the network's namespace; 0 without a network.</summary>
    internal int PortIndex { get; private set; }

    /// <summary>Its name; null without a network.</summary>
    internal string? Port { get; private set; }

    /// <summary>Both ends have a queue whose rate can be set.</summary>
    internal bool IsLimitable { get; private set; }

    /// <summary>Makes one with loopback only.</summary>
    internal static WiredNamespace Create(int home)
    {
        var descriptor = NamespaceFile.Create(home);
        try
        {
            var route = NamespaceFile.Inside(descriptor, home, () =>
            {
                // Only devices that come later: loopback keeps its ::1.
                Sysctl.Write("net/ipv6/conf/default/disable_ipv6", "1");
                // Others learn at once where an address is now.
                Sysctl.Write("net/ipv4/conf/default/arp_notify", "1");
                // As in other container engines: ports below 1024 need no privilege where nobody else is.
                Sysctl.Write("net/ipv4/ip_unprivileged_port_start", "0");
                return new NetlinkSocket(NetlinkSocket.Route);
            });
            WiredNamespace made = new(descriptor, route);
            route.Send(LinkMessages.SetUp(Loopback));
            return made;
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>Opens one that was made earlier; its device is joined to <paramref name="port"/>.</summary>
    internal static WiredNamespace Open(int descriptor, int home, int port)
    {
        WiredNamespace opened = new(descriptor, NamespaceFile.Inside(descriptor, home, () => new NetlinkSocket(NetlinkSocket.Route))) { PortIndex = port };
        opened.DeviceIndex = LinkMessages.Find(opened.Route, Device)?.Index ?? 0;
        return opened;
    }

    /// <summary>Joins it to a bridge. <paramref name="names"/> gives names for the other end until one is free.</summary>
    internal void Wire(NetlinkSocket vpc, int bridge, Func<string> names, bool limitable)
    {
        const int alreadyThere = 17;
        string port;
        do
        {
            port = names();
        }
        while (!vpc.TrySend(LinkMessages.AddPair(port, bridge, Device, Descriptor), alreadyThere));
        Port = port;
        PortIndex = LinkMessages.Find(vpc, port)?.Index ?? 0;
        DeviceIndex = LinkMessages.Find(Route, Device)?.Index ?? 0;
        Route.Send(LinkMessages.SetUp(DeviceIndex));
        if (limitable)
        {
            vpc.Send(LinkMessages.SetRate(PortIndex, Unlimited, change: false));
            Route.Send(LinkMessages.SetRate(DeviceIndex, Unlimited, change: false));
            IsLimitable = true;
        }
        Route.Settle(Device);
        vpc.Settle(port);
    }

    /// <summary>Gives it its place: all that is left to do when a workload starts.</summary>
    internal void Configure(NetworkSpec? spec, IEnumerable<IPAddress> endpointAddresses)
    {
        List<NetlinkMessage> messages = [];
        if (spec is not null)
        {
            messages.Add(LinkMessages.AddAddress(DeviceIndex, spec.Address, spec.PrefixLength));
            messages.Add(LinkMessages.SetMac(DeviceIndex, MacOf(spec)));
            messages.Add(LinkMessages.AddRoute(DeviceIndex, spec.Egress ? null : spec.Range, spec.Gateway));
            if (spec.BytesPerSecond is { } rate)
            {
                messages.Add(LinkMessages.SetRate(DeviceIndex, rate, change: true));
            }
        }
        foreach (var address in endpointAddresses.Where(address => !IPAddress.IsLoopback(address)).Distinct())
        {
            messages.Add(LinkMessages.AddAddress(Loopback, address, 32));
        }
        if (messages.Count > 0)
        {
            Route.Send(messages);
        }
    }

    internal static byte[] MacOf(NetworkSpec spec) => spec.MacAddress is null ? Addresses.MacOf(spec.Address) : Addresses.ParseMac(spec.MacAddress)!;

    private const int Loopback = 1;

    public void Dispose()
    {
        Route.Dispose();
        _ = Libc.Close(Descriptor);
    }
}
