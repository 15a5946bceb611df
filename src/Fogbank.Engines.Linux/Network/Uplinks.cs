using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines.Linux.Network.Netlink;

namespace Fogbank.Engines.Linux.Network;

/// <summary>The machine's side of all networks: a link to each, the rules, and forwarding. Made in the machine's own namespace.</summary>
internal sealed class Uplinks : IDisposable
{
    /// <summary>Name of a network's end.</summary>
    internal const string InnerDevice = "up0";

    private readonly NetlinkSocket _route = new(NetlinkSocket.Route);
    private readonly NetlinkSocket _netfilter = new(NetlinkSocket.Netfilter);
    private readonly HostRules _rules;
    private readonly Forwarding _forwarding;
    private readonly string _machine;

    /// <param name="id">Six characters that tell Fogbanks of one machine apart.</param>
    /// <param name="machine">Folder that they share.</param>
    internal Uplinks(string id, string machine) => (_rules, _forwarding, _machine) = (new(_netfilter, id), new(machine), machine);

    /// <summary>Name of the machine's end of a network's link.</summary>
    internal string DeviceOf(string network) => _rules.DevicePrefix + Hash(network);

    /// <summary>Joins a network's namespace to the machine; returns the addresses of both ends in a piece of four.</summary>
    internal IPNetwork Attach(string network, IPNetwork range, int vpcNamespace)
    {
        using MachineLock machine = new(_machine);
        var links = LinkMessages.Links(_route);
        var ours = links.Where(link => link.Name.StartsWith("fb", StringComparison.Ordinal)).Select(link => link.Index).ToHashSet();
        var foreign = LinkMessages.UsedNetworks(_route, ours);
        var device = DeviceOf(network);
        var piece = Addresses.FreeUplink([range, .. foreign], LinkMessages.UsedNetworks(_route, new HashSet<int>()), Convert.ToUInt32(Hash(network), 16))
            ?? throw new EngineException(EngineErrorKind.ResourceExhausted, "No range of addresses is free for the link between a network and this machine.");
        if (links.FirstOrDefault(link => link.Name == device) is { Index: > 0 } old)
        {
            _route.Send(LinkMessages.Delete(old.Index));
        }
        _route.Send(LinkMessages.AddPair(device, 0, InnerDevice, vpcNamespace));
        try
        {
            var index = LinkMessages.Find(_route, device)?.Index ?? throw new EngineException(EngineErrorKind.StartFailed, $"{device} is gone.");
            _route.Send(LinkMessages.AddAddress(index, Addresses.Add(piece.BaseAddress, 1), piece.PrefixLength));
            Forwarding.EnableOwn(device);
            _forwarding.Enable(links.Where(link => !ours.Contains(link.Index)));
            _rules.Ensure(_forwarding.Switched());
            return piece;
        }
        catch
        {
            Delete(device);
            throw;
        }
    }

    /// <summary>The other end is up now.</summary>
    internal void Settle(string network) => _route.Settle(DeviceOf(network));

    /// <summary>Looks again after devices or others' rules have changed: what came anew is forwarded from, too.</summary>
    internal void Refresh()
    {
        using MachineLock machine = new(_machine);
        var links = LinkMessages.Links(_route);
        if (links.Exists(link => link.Name.StartsWith(_rules.DevicePrefix, StringComparison.Ordinal)))
        {
            _forwarding.Enable(links.Where(link => !link.Name.StartsWith("fb", StringComparison.Ordinal)));
            _rules.Ensure(_forwarding.Switched());
        }
    }

    /// <summary>Refreshes whenever something changes, until told to stop.</summary>
    internal void Watch(CancellationToken stop)
    {
        using NetlinkSocket links = new(NetlinkSocket.Route), rules = new(NetlinkSocket.Netfilter);
        links.Subscribe(1); // RTNLGRP_LINK
        rules.Subscribe(7); // NFNLGRP_NFTABLES
        while (!stop.IsCancellationRequested)
        {
            if (NetlinkSocket.WaitForChange(links, rules, 250))
            {
                // Changes come in swarms; what comes in meanwhile is seen by the same look.
                _ = stop.WaitHandle.WaitOne(20);
                try
                {
                    Refresh();
                }
                catch (EngineException)
                {
                    // Somebody changed it once more between our reading and writing: that is the next change.
                }
            }
        }
    }

    /// <summary>Removes a network's link, and with the last one rules and forwarding. Repeating it is harmless.</summary>
    internal void Detach(string network)
    {
        using MachineLock machine = new(_machine);
        Delete(DeviceOf(network));
        RemoveUnused();
    }

    /// <summary>Removes links to networks that are not named, and everything where none is.</summary>
    internal void Sweep(IEnumerable<string> networks)
    {
        using MachineLock machine = new(_machine);
        var wanted = networks.Select(DeviceOf).ToHashSet(StringComparer.Ordinal);
        foreach (var link in Own().Where(link => !wanted.Contains(link.Name)))
        {
            _route.TrySend(LinkMessages.Delete(link.Index), NoSuchDevice);
        }
        RemoveUnused();
    }

    private const int NoSuchDevice = 19;

    private IEnumerable<Link> Own() => LinkMessages.Links(_route).Where(link => link.Name.StartsWith(_rules.DevicePrefix, StringComparison.Ordinal));

    private void RemoveUnused()
    {
        if (!Own().Any())
        {
            _rules.Remove();
            if (!_rules.OthersExist())
            {
                _forwarding.Restore();
            }
        }
    }

    private void Delete(string device)
    {
        if (LinkMessages.Find(_route, device) is { } link)
        {
            _route.TrySend(LinkMessages.Delete(link.Index), NoSuchDevice);
        }
    }

    // 14 characters in all; the kernel allows 15.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 3);

    public void Dispose()
    {
        _route.Dispose();
        _netfilter.Dispose();
    }
}
