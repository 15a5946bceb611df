using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network.Netlink;
using Fogbank.Engines.Linux.Network.Nft;

namespace Fogbank.Engines.Linux.Network;

/// <summary>One network: a namespace with a bridge that all its workloads are joined to, and one link to the machine.</summary>
internal sealed class VpcNetwork : IDisposable
{
    private const string Bridge = "br0";
    private const string Table = "fogbank";
    private const string Confined = "confined";
    private const int AlreadyThere = 17;

    private readonly Lock _gate = new();
    private readonly HashSet<(IPAddress, int)> _gateways = [];
    private readonly ConcurrentQueue<WiredNamespace>[] _pools = [new(), new()];
    private readonly int[] _wanted = new int[2];
    private readonly NetlinkSocket _route;
    private readonly NetlinkSocket _netfilter;
    private readonly int _home;
    private int _members;
    private int _bridge;
    private int _nextPort;
    private bool _closed;

    private VpcNetwork(string name, IPNetwork range, int descriptor, int home)
    {
        (Name, Range, Descriptor, _home) = (name, range, descriptor, home);
        (_route, _netfilter) = NamespaceFile.Inside(descriptor, home, () => (new NetlinkSocket(NetlinkSocket.Route), new NetlinkSocket(NetlinkSocket.Netfilter)));
    }

    internal string Name { get; }

    internal IPNetwork Range { get; }

    /// <summary>Its namespace.</summary>
    internal int Descriptor { get; }

    /// <summary>Since when nobody is in it; null while somebody is.</summary>
    internal long? EmptySince { get; private set; } = TimeProvider.System.GetTimestamp();

    /// <summary>Makes the inside of a new network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="range">All its addresses.</param>
    /// <param name="home">The machine's namespace, in which the calling thread is.</param>
    internal static VpcNetwork Create(string name, IPNetwork range, int home)
    {
        var descriptor = NamespaceFile.Create(home);
        try
        {
            NamespaceFile.Inside(descriptor, home, () =>
            {
                Sysctl.Write("net/ipv6/conf/all/disable_ipv6", "1");
                Sysctl.Write("net/ipv6/conf/default/disable_ipv6", "1");
                Sysctl.Write("net/ipv4/ip_forward", "1");
                // Two subnets on one bridge: the router must not send neighbours past itself.
                Sysctl.Write("net/ipv4/conf/all/send_redirects", "0");
                Sysctl.Write("net/ipv4/conf/default/send_redirects", "0");
                // What stays on the bridge need not pass the packet filter.
                Sysctl.Write("net/bridge/bridge-nf-call-iptables", "0");
                return true;
            });
            VpcNetwork network = new(name, range, descriptor, home);
            try
            {
                network.Build();
                return network;
            }
            catch
            {
                network.CloseSockets();
                throw;
            }
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>Opens one that an earlier warden made.</summary>
    internal static VpcNetwork Open(string name, IPNetwork range, int descriptor, int home)
    {
        VpcNetwork network = new(name, range, descriptor, home);
        network._bridge = LinkMessages.Find(network._route, Bridge)?.Index ?? 0;
        return network;
    }

    private void Build()
    {
        const int loopback = 1;
        _route.Send([LinkMessages.SetUp(loopback), LinkMessages.AddBridge(Bridge, [0x0e, 0, 0, 0, 0, 1]), LinkMessages.AddUnreachable(Range)]);
        _bridge = LinkMessages.Find(_route, Bridge)!.Value.Index;
        var batch = new NftBatch().Table(Table)
            .AddressSet(Table, Confined)
            .Chain(Table, "input", NftHook.Input, 0)
            .Chain(Table, "forward", NftHook.Forward, 0)
            .Chain(Table, "postrouting", NftHook.Postrouting, 100, "nat")
            .Rule(Table, "input", new NftRule().Known().Accept())
            .Rule(Table, "input", new NftRule().From(Bridge).Icmp().Accept()) // the router answers a ping
            .Rule(Table, "input", new NftRule().NotFrom("lo").Reject())
            .Rule(Table, "forward", new NftRule().Known().Accept())
            .Rule(Table, "forward", new NftRule().From(Bridge).To(Bridge).Accept())
            .Rule(Table, "forward", new NftRule().NotFrom(Bridge).Reject())
            .Rule(Table, "forward", new NftRule().FromSet(Confined).Reject());
        foreach (var forbidden in Addresses.Forbidden)
        {
            batch.Rule(Table, "forward", new NftRule().ToAddress(forbidden).Reject());
        }
        batch.Rule(Table, "postrouting", new NftRule().To(Uplinks.InnerDevice).Masquerade()).Commit(_netfilter);
    }

    /// <summary>Finishes the link to the machine, whose other end <see cref="Uplinks.Attach"/> has made.</summary>
    internal void SetUplink(IPNetwork piece)
    {
        var index = LinkMessages.Find(_route, Uplinks.InnerDevice)!.Value.Index;
        _route.Send(
        [
            LinkMessages.SetUp(index),
            LinkMessages.AddAddress(index, Addresses.Add(piece.BaseAddress, 2), piece.PrefixLength),
            LinkMessages.AddRoute(index, null, Addresses.Add(piece.BaseAddress, 1)),
        ]);
        _route.Settle(Uplinks.InnerDevice);
    }

    /// <summary>Counts one workload more; false when the network is being removed.</summary>
    internal bool TryEnter()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }
            _members++;
            EmptySince = null;
            return true;
        }
    }

    /// <summary>Counts one less.</summary>
    internal void Exit()
    {
        lock (_gate)
        {
            if (--_members == 0)
            {
                EmptySince = TimeProvider.System.GetTimestamp();
            }
        }
    }

    /// <summary>Nobody may enter any more, unless somebody is in it; says whether that is so.</summary>
    internal bool TryClose()
    {
        lock (_gate)
        {
            _closed |= _members == 0;
            return _closed;
        }
    }

    /// <summary>A joined namespace, out of the pool where there is one. <paramref name="wait"/> is false when it had to be made.</summary>
    internal WiredNamespace Take(bool limitable, out bool wait)
    {
        Volatile.Write(ref _wanted[limitable ? 1 : 0], 1);
        wait = _pools[limitable ? 1 : 0].TryDequeue(out var ready);
        return ready ?? MakeWired(limitable);
    }

    /// <summary>Fills the pools that were asked; false when there is nothing left to do.</summary>
    internal bool Refill(int size)
    {
        for (var kind = 0; kind < 2; kind++)
        {
            if (Volatile.Read(ref _wanted[kind]) == 1 && _pools[kind].Count < size)
            {
                var made = MakeWired(kind == 1);
                lock (_gate)
                {
                    if (!_closed)
                    {
                        _pools[kind].Enqueue(made);
                        return true;
                    }
                }
                made.Dispose();
                return false;
            }
        }
        return false;
    }

    /// <summary>Namespaces that wait.</summary>
    internal int Ready(bool limitable) => _pools[limitable ? 1 : 0].Count;

    /// <summary>Sets the network's side of a workload's place.</summary>
    internal void Admit(WiredNamespace wired, NetworkSpec spec)
    {
        lock (_gate)
        {
            if (_gateways.Add((spec.Gateway, spec.PrefixLength)))
            {
                _route.TrySend(LinkMessages.AddAddress(_bridge, spec.Gateway, spec.PrefixLength), AlreadyThere);
            }
        }
        if (spec.BytesPerSecond is { } rate)
        {
            _route.Send(LinkMessages.SetRate(wired.PortIndex, rate, change: true));
        }
        if (!spec.Egress)
        {
            new NftBatch().AddToSet(Table, Confined, spec.Address).Commit(_netfilter);
        }
    }

    /// <summary>Takes a workload's device away at once; its namespace may live a little longer. Repeating it is harmless.</summary>
    internal void Expel(int port, NetworkSpec spec)
    {
        const int noSuchDevice = 19;
        _route.TrySend(LinkMessages.Delete(port), noSuchDevice);
        if (!spec.Egress)
        {
            _ = new NftBatch().RemoveFromSet(Table, Confined, spec.Address).TryCommit(_netfilter);
        }
    }

    /// <summary>Index of a device by its name; 0 where it is gone.</summary>
    internal int PortOf(string name) => LinkMessages.Find(_route, name)?.Index ?? 0;

    private WiredNamespace MakeWired(bool limitable)
    {
        var made = WiredNamespace.Create(_home);
        try
        {
            made.Wire(_route, _bridge, () => string.Create(CultureInfo.InvariantCulture, $"p{Interlocked.Increment(ref _nextPort):x}"), limitable);
            _route.Settle(Bridge); // its first device makes it usable, too
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private void CloseSockets()
    {
        _route.Dispose();
        _netfilter.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
        }
        foreach (var pool in _pools)
        {
            while (pool.TryDequeue(out var unused))
            {
                unused.Dispose();
            }
        }
        CloseSockets();
        _ = Libc.Close(Descriptor);
    }
}
