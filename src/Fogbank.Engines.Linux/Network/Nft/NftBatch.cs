using System.Buffers.Binary;
using System.Net;
using System.Text;
using Fogbank.Engines.Linux.Network.Netlink;

namespace Fogbank.Engines.Linux.Network.Nft;

/// <summary>Changes of IPv4 tables of the packet filter that take effect together or not at all.</summary>
internal sealed class NftBatch
{
    internal const byte Ipv4 = 2;

    private const int Subsystem = 10 << 8;
    private const int NewTable = 0, DeleteTable = 2, NewChain = 3, NewRule = 6, DeleteRule = 8, NewSet = 9, NewElement = 12, DeleteElement = 14;

    private readonly List<NetlinkMessage> _messages = [];
    private uint _setId;

    /// <summary>Makes a table; no error where it is there.</summary>
    internal NftBatch Table(string name) => Add(NewTable, NetlinkMessage.Create, $"table {name}", message => message.Text(1, name).BigEndian(2, 0));

    /// <summary>Removes a table and all in it, which must be there.</summary>
    internal NftBatch RemoveTable(string name) => Add(DeleteTable, 0, $"remove table {name}", message => message.Text(1, name));

    /// <summary>A chain at a hook. Type is <c>filter</c> or <c>nat</c>; what no rule decides is accepted.</summary>
    internal NftBatch Chain(string table, string name, NftHook hook, int priority, string type = "filter") =>
        Add(NewChain, NetlinkMessage.Create, $"chain {name}", message => message.Text(1, table).Text(3, name)
            .Nest(4, data => data.BigEndian(1, (uint)hook).BigEndian(2, unchecked((uint)priority)))
            .BigEndian(5, 1).Text(7, type));

    /// <summary>A chain that is only jumped to.</summary>
    internal NftBatch PlainChain(string table, string name) =>
        Add(NewChain, NetlinkMessage.Create, $"chain {name}", message => message.Text(1, table).Text(3, name));

    /// <summary>Adds a rule at a chain's end, or before all others. <paramref name="comment"/> finds it again.</summary>
    internal NftBatch Rule(string table, string chain, NftRule rule, string? comment = null, bool first = false) =>
        Add(NewRule, (ushort)(NetlinkMessage.Create | (first ? 0 : NetlinkMessage.Append)), $"rule in {chain}", message =>
        {
            message.Text(1, table).Text(2, chain);
            rule.WriteTo(message, 4);
            if (comment is not null)
            {
                message.Bytes(7, Comment(comment));
            }
        });

    internal NftBatch RemoveRule(string table, string chain, ulong handle)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, handle);
        return Add(DeleteRule, 0, $"remove rule in {chain}", message => message.Text(1, table).Text(2, chain).Bytes(3, bytes));
    }

    /// <summary>A set of IPv4 addresses.</summary>
    internal NftBatch AddressSet(string table, string name) => Set(table, name, 7, 4);

    /// <summary>A set of names of devices.</summary>
    internal NftBatch DeviceSet(string table, string name) => Set(table, name, 41, 16);

    internal NftBatch AddToSet(string table, string set, IPAddress address) => Element(NewElement, NetlinkMessage.Create, table, set, address.GetAddressBytes());

    internal NftBatch AddToSet(string table, string set, string device)
    {
        var name = new byte[16];
        Encoding.ASCII.GetBytes(device, name);
        return Element(NewElement, NetlinkMessage.Create, table, set, name);
    }

    internal NftBatch RemoveFromSet(string table, string set, IPAddress address) => Element(DeleteElement, 0, table, set, address.GetAddressBytes());

    /// <summary>Performs it, in the namespace of the socket.</summary>
    internal void Commit(NetlinkSocket netfilter)
    {
        if (_messages.Count > 0)
        {
            netfilter.Send([Frame(0x10), .. _messages, Frame(0x11)]);
        }
    }

    /// <summary>As <see cref="Commit"/>; false where the kernel refused it.</summary>
    internal bool TryCommit(NetlinkSocket netfilter) => netfilter.TrySend([Frame(0x10), .. _messages, Frame(0x11)]) is null;

    /// <summary>Names of all IPv4 tables.</summary>
    internal static List<string> Tables(NetlinkSocket netfilter) =>
        netfilter.Dump(new NetlinkMessage(Subsystem | 1, NetlinkMessage.Dump, [Ipv4, 0, 0, 0]) { What = "list tables" }, (ReadOnlySpan<byte> content, out string name) =>
        {
            name = NetlinkMessage.Text(NetlinkMessage.Find(content[4..], 1));
            return content[0] == Ipv4;
        });

    /// <summary>Names of the chains of an IPv4 table.</summary>
    internal static List<string> Chains(NetlinkSocket netfilter, string table) =>
        netfilter.Dump(new NetlinkMessage(Subsystem | 4, NetlinkMessage.Dump, [Ipv4, 0, 0, 0]) { What = "list chains" }, (ReadOnlySpan<byte> content, out string name) =>
        {
            name = NetlinkMessage.Text(NetlinkMessage.Find(content[4..], 3));
            return content[0] == Ipv4 && NetlinkMessage.Text(NetlinkMessage.Find(content[4..], 1)) == table;
        });

    /// <summary>How many rules a chain has.</summary>
    internal static int CountRules(NetlinkSocket netfilter, string table, string chain) => ListRules(netfilter, table, chain, []).Count;

    /// <summary>Handles of the rules of a chain that carry a comment.</summary>
    internal static List<ulong> Rules(NetlinkSocket netfilter, string table, string chain, string comment) =>
        ListRules(netfilter, table, chain, Comment(comment));

    private static List<ulong> ListRules(NetlinkSocket netfilter, string table, string chain, byte[] comment) =>
        netfilter.Dump(new NetlinkMessage(Subsystem | 7, NetlinkMessage.Dump, [Ipv4, 0, 0, 0]) { What = "list rules" }.Text(1, table).Text(2, chain),
            (ReadOnlySpan<byte> content, out ulong handle) =>
            {
                var number = NetlinkMessage.Find(content[4..], 3);
                handle = number.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(number) : 0;
                return handle != 0 && (comment.Length == 0 || NetlinkMessage.Find(content[4..], 7).SequenceEqual(comment))
                    && NetlinkMessage.Text(NetlinkMessage.Find(content[4..], 1)) == table && NetlinkMessage.Text(NetlinkMessage.Find(content[4..], 2)) == chain;
            });

    private NftBatch Element(int type, ushort flags, string table, string set, byte[] key) => Add(type, flags, $"set {set}", message =>
        message.Text(1, table).Text(2, set).Nest(3, list => list.Nest(1, element => element.Nest(1, value => value.Bytes(1, key)))));

    private NftBatch Set(string table, string name, uint keyType, uint keyLength) => Add(NewSet, NetlinkMessage.Create, $"set {name}", message =>
        message.Text(1, table).Text(2, name).BigEndian(3, 0).BigEndian(4, keyType).BigEndian(5, keyLength).BigEndian(10, ++_setId));

    private NftBatch Add(int type, ushort flags, string what, Action<NetlinkMessage> content)
    {
        NetlinkMessage message = new((ushort)(Subsystem | type), (ushort)(flags | NetlinkMessage.Acknowledge), [Ipv4, 0, 0, 0]) { What = what };
        content(message);
        _messages.Add(message);
        return this;
    }

    // A rule's notes are a list of kind, length and value; kind 0 is the comment that the usual tools show.
    private static byte[] Comment(string text) => [0, (byte)(text.Length + 1), .. Encoding.ASCII.GetBytes(text), 0];

    private static NetlinkMessage Frame(ushort type) => new(type, 0, [0, 0, 0, 10]) { What = "packet filter" };
}
