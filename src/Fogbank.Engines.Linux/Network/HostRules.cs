using System.Net;
using Fogbank.Engines.Linux.Network.Netlink;
using Fogbank.Engines.Linux.Network.Nft;

namespace Fogbank.Engines.Linux.Network;

/// <summary>
/// The table of the machine's packet filter that belongs to one Fogbank, and the two rules it has to put into chains of others so that its
/// packets are not dropped there. Made with the first network, removed with the last.
/// </summary>
internal sealed class HostRules(NetlinkSocket netfilter, string id)
{
    private const string TablePrefix = "fogbank-";
    private const string Guarded = "guarded";

    // Before the rules of others, so that what must not pass is refused at once; what may pass has to please them all.
    private const int Priority = -10;

    private readonly string _table = TablePrefix + id;
    private readonly HashSet<string> _guarded = new(StringComparer.Ordinal);

    /// <summary>Beginning of the names of this Fogbank's devices.</summary>
    internal string DevicePrefix { get; } = "fb" + id;

    /// <summary>Makes what is missing. Repeating it is harmless.</summary>
    internal void Ensure(IReadOnlyList<string> guarded)
    {
        if (!NftBatch.Tables(netfilter).Contains(_table))
        {
            _guarded.Clear();
            Make().Commit(netfilter);
        }
        // Nothing is written that is there: a watcher of changes would be called again, and would write again.
        NftBatch guards = new();
        foreach (var device in guarded.Where(device => !_guarded.Contains(device)))
        {
            guards.AddToSet(_table, Guarded, device);
        }
        guards.Commit(netfilter);
        _guarded.UnionWith(guarded);
        Insert();
    }

    /// <summary>Other Fogbanks of the machine have networks.</summary>
    internal bool OthersExist() => NftBatch.Tables(netfilter).Any(name => name.StartsWith(TablePrefix, StringComparison.Ordinal) && name != _table);

    /// <summary>Takes everything away.</summary>
    internal void Remove()
    {
        NftBatch batch = new();
        foreach (var chain in ForeignChains())
        {
            foreach (var handle in NftBatch.Rules(netfilter, "filter", chain, _table))
            {
                batch.RemoveRule("filter", chain, handle);
            }
        }
        if (NftBatch.Tables(netfilter).Contains(_table))
        {
            batch.RemoveTable(_table);
        }
        batch.Commit(netfilter);
    }

    private NftBatch Make()
    {
        var batch = new NftBatch().Table(_table)
            .DeviceSet(_table, Guarded)
            .Chain(_table, "input", NftHook.Input, Priority)
            .Chain(_table, "forward", NftHook.Forward, Priority)
            .Chain(_table, "postrouting", NftHook.Postrouting, 100, "nat")
            // None of the machine's own addresses, whatever its services listen on.
            .Rule(_table, "input", From().Reject())
            .Rule(_table, "forward", To().Known().Accept())
            .Rule(_table, "forward", To().Reject())
            // Nor what the machine publishes under them for somebody else.
            .Rule(_table, "forward", From().Redirected().Reject());
        foreach (var network in (IPNetwork[])[.. Addresses.Forbidden, .. Addresses.UplinkRanges])
        {
            batch.Rule(_table, "forward", From().ToAddress(network).Reject());
        }
        batch.Rule(_table, "forward", From().Accept())
            .Rule(_table, "forward", new NftRule().BetweenDevicesOf(Guarded).Drop());
        foreach (var range in Addresses.UplinkRanges)
        {
            batch.Rule(_table, "postrouting", new NftRule().From(DevicePrefix, prefix: true).FromAddress(range).Masquerade());
        }
        return batch;
    }

    // An accept in our table does not help against a drop in another. Docker leaves a chain for others' rules; elsewhere the chain that
    // drops is the one of iptables itself.
    private void Insert()
    {
        if (ForeignChains() is [var chain, ..] && NftBatch.Rules(netfilter, "filter", chain, _table).Count == 0)
        {
            new NftBatch()
                .Rule("filter", chain, To().Count().Accept(), _table, first: true)
                .Rule("filter", chain, From().Count().Accept(), _table, first: true)
                .Commit(netfilter);
        }
    }

    /// <summary>Chains that may hold rules of ours, the right one first.</summary>
    private List<string> ForeignChains()
    {
        var chains = NftBatch.Chains(netfilter, "filter");
        return [.. ((string[])["DOCKER-USER", "FORWARD"]).Where(chains.Contains)];
    }

    private NftRule From() => new NftRule().From(DevicePrefix, prefix: true);

    private NftRule To() => new NftRule().To(DevicePrefix, prefix: true);
}
