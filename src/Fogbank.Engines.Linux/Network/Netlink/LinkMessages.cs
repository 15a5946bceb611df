using System.Buffers.Binary;
using System.Net;

namespace Fogbank.Engines.Linux.Network.Netlink;

/// <summary>Messages about devices, addresses, routes and queues (<c>rtnetlink</c>).</summary>
internal static class LinkMessages
{
    private const int NewLink = 16, DeleteLink = 17, GetLink = 18, SetLink = 19, NewAddress = 20, GetAddress = 22, NewRoute = 24, GetRoute = 26, NewQueue = 36;
    private const int IflaAddress = 1, IflaName = 3, IflaMaster = 10, IflaInfo = 18, IflaInfoKind = 1, IflaInfoData = 2, IflaNamespace = 28;
    private const ushort Made = NetlinkMessage.Create | NetlinkMessage.Exclusive | NetlinkMessage.Acknowledge;
    private const byte AfInet = 2;

    /// <summary>A bridge that forwards at once, runs no spanning tree and snoops no multicast.</summary>
    internal static NetlinkMessage AddBridge(string name, ReadOnlySpan<byte> mac) =>
        new NetlinkMessage(NewLink, Made, LinkStructure(0, Link.Up)) { What = "bridge" }
            .Text(IflaName, name).Bytes(IflaAddress, mac)
            .Nest(IflaInfo, info => info.Text(IflaInfoKind, "bridge").Nest(IflaInfoData, data => data.Bytes(23, [0]))); // IFLA_BR_MCAST_SNOOPING

    /// <summary>A pair of joined devices: this end here, the other one in the namespace of a descriptor, where it is still to be set up: the kernel opens none before both exist.</summary>
    internal static NetlinkMessage AddPair(string name, int master, string otherName, int otherNamespace)
    {
        var message = new NetlinkMessage(NewLink, Made, LinkStructure(0, Link.Up)) { What = "pair of devices" }.Text(IflaName, name);
        if (master != 0)
        {
            message.Number(IflaMaster, (uint)master);
        }
        return message.Nest(IflaInfo, info => info.Text(IflaInfoKind, "veth").Nest(IflaInfoData, data =>
            data.Nest(1, peer => peer.Text(IflaName, otherName).Number(IflaNamespace, (uint)otherNamespace), LinkStructure(0, 0))));
    }

    internal static NetlinkMessage SetUp(int index) =>
        new(SetLink, NetlinkMessage.Acknowledge, LinkStructure(index, Link.Up)) { What = "device up" };

    internal static NetlinkMessage SetMac(int index, ReadOnlySpan<byte> mac) =>
        new NetlinkMessage(SetLink, NetlinkMessage.Acknowledge, LinkStructure(index, 0)) { What = "Ethernet address" }.Bytes(IflaAddress, mac);

    internal static NetlinkMessage Delete(int index) =>
        new(DeleteLink, NetlinkMessage.Acknowledge, LinkStructure(index, 0)) { What = "delete device" };

    internal static NetlinkMessage AddAddress(int index, IPAddress address, int prefix)
    {
        Span<byte> structure = stackalloc byte[8];
        structure[0] = AfInet;
        structure[1] = (byte)prefix;
        BinaryPrimitives.WriteInt32LittleEndian(structure[4..], index);
        var bytes = address.GetAddressBytes();
        return new NetlinkMessage(NewAddress, Made, structure) { What = $"address {address}" }.Bytes(2, bytes).Bytes(1, bytes);
    }

    /// <summary>A way to <paramref name="range"/> (everything, where null) over a router.</summary>
    internal static NetlinkMessage AddRoute(int index, IPNetwork? range, IPAddress gateway)
    {
        const byte unicast = 1;
        const uint onLink = 4; // the router may lie outside the device's own subnet
        return Route(range, unicast, onLink, $"route over {gateway}").Number(4, (uint)index).Bytes(5, gateway.GetAddressBytes());
    }

    /// <summary>What has no more exact way is refused instead of going out.</summary>
    internal static NetlinkMessage AddUnreachable(IPNetwork range)
    {
        const byte unreachable = 7;
        return Route(range, unreachable, 0, $"end of {range}").Number(6, uint.MaxValue / 2); // a metric behind all others
    }

    private static NetlinkMessage Route(IPNetwork? range, byte type, uint flags, string what)
    {
        const byte mainTable = 254, byHand = 4;
        Span<byte> structure = stackalloc byte[12];
        structure[0] = AfInet;
        structure[1] = (byte)(range?.PrefixLength ?? 0);
        structure[4] = mainTable;
        structure[5] = byHand;
        structure[7] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(structure[8..], flags);
        NetlinkMessage message = new(NewRoute, Made, structure) { What = what };
        return range is { PrefixLength: > 0 } to ? message.Bytes(1, to.BaseAddress.GetAddressBytes()) : message;
    }

    /// <summary>A token bucket on what leaves a device. Changing one is quick; adding one waits for all processors.</summary>
    internal static NetlinkMessage SetRate(int index, long bytesPerSecond, bool change)
    {
        Span<byte> structure = stackalloc byte[20];
        BinaryPrimitives.WriteInt32LittleEndian(structure[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(structure[8..], 0x10000);
        BinaryPrimitives.WriteUInt32LittleEndian(structure[12..], uint.MaxValue); // the root of the device
        // A segment of 64 KiB must fit; 50 ms of the rate keep fast links busy between two ticks.
        var burst = (uint)Math.Clamp(bytesPerSecond / 20, 128 * 1024, 8 * 1024 * 1024);
        var options = new byte[36];
        options[1] = 1; // TC_LINKLAYER_ETHERNET
        BinaryPrimitives.WriteUInt32LittleEndian(options.AsSpan(8), (uint)Math.Min(bytesPerSecond, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(options.AsSpan(24), burst * 2);
        var rate = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(rate, bytesPerSecond);
        return new NetlinkMessage(NewQueue, (ushort)((change ? 0 : Made) | NetlinkMessage.Acknowledge), structure) { What = "rate" }
            .Text(1, "tbf").Nest(2, data => data.Bytes(1, options).Bytes(4, rate).Number(6, burst));
    }

    internal static List<Link> Links(NetlinkSocket socket) =>
        socket.Dump<Link>(new NetlinkMessage(GetLink, NetlinkMessage.Dump, LinkStructure(0, 0)) { What = "list devices" }, Read);

    /// <summary>A device by its name; null where there is none.</summary>
    internal static Link? Find(NetlinkSocket socket, string name) =>
        socket.Dump<Link>(new NetlinkMessage(GetLink, 0, LinkStructure(0, 0)) { What = "find device" }.Text(IflaName, name), Read) is [var link, ..] ? link : null;

    private static bool Read(ReadOnlySpan<byte> content, out Link link)
    {
        var master = NetlinkMessage.Find(content[16..], IflaMaster);
        link = new(
            BinaryPrimitives.ReadInt32LittleEndian(content[4..]),
            NetlinkMessage.Text(NetlinkMessage.Find(content[16..], IflaName)),
            BinaryPrimitives.ReadUInt32LittleEndian(content[8..]),
            master.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(master));
        return true;
    }

    /// <summary>Destinations of all routes but default ones, and the networks of all addresses; <paramref name="ignore"/> are devices not to look at.</summary>
    internal static List<IPNetwork> UsedNetworks(NetlinkSocket socket, IReadOnlySet<int> ignore)
    {
        var routes = socket.Dump(new NetlinkMessage(GetRoute, NetlinkMessage.Dump, [AfInet, .. new byte[11]]) { What = "list routes" }, (ReadOnlySpan<byte> content, out IPNetwork network) =>
        {
            network = default;
            var to = NetlinkMessage.Find(content[12..], 1);
            var device = NetlinkMessage.Find(content[12..], 4);
            if (content[0] != AfInet || to.Length != 4 || (device.Length == 4 && ignore.Contains(BinaryPrimitives.ReadInt32LittleEndian(device))))
            {
                return false;
            }
            network = new(new IPAddress(to), content[1]);
            return true;
        });
        routes.AddRange(socket.Dump(new NetlinkMessage(GetAddress, NetlinkMessage.Dump, [AfInet, .. new byte[7]]) { What = "list addresses" }, (ReadOnlySpan<byte> content, out IPNetwork network) =>
        {
            network = default;
            var local = NetlinkMessage.Find(content[8..], 2);
            if (local.Length != 4 || ignore.Contains(BinaryPrimitives.ReadInt32LittleEndian(content[4..])))
            {
                return false;
            }
            network = new(new IPAddress(local), 32);
            return true;
        }));
        return routes;
    }

    private static byte[] LinkStructure(int index, uint flags)
    {
        var structure = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(structure.AsSpan(4), index);
        BinaryPrimitives.WriteUInt32LittleEndian(structure.AsSpan(8), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(structure.AsSpan(12), flags);
        return structure;
    }
}
