using System.Buffers.Binary;
using System.Net;
using System.Text;
using Fogbank.Engines.Linux.Network.Netlink;

namespace Fogbank.Engines.Linux.Network.Nft;

/// <summary>
/// A rule of the kernel's packet filter, put together from its expressions: each test goes on only where it holds, the verdict comes last.
/// Only what Fogbank's own tables need.
/// </summary>
internal sealed class NftRule
{
    private const uint Register = 1, VerdictRegister = 0;
    private const uint Equal = 0, NotEqual = 1;

    private readonly List<Action<NetlinkMessage>> _expressions = [];

    /// <summary>The packet came in through a device of this name, or of a name that begins so.</summary>
    internal NftRule From(string device, bool prefix = false) => Device(6, device, prefix, Equal);

    /// <summary>It came in through any other device.</summary>
    internal NftRule NotFrom(string device, bool prefix = false) => Device(6, device, prefix, NotEqual);

    /// <summary>It leaves through a device of this name, or of a name that begins so.</summary>
    internal NftRule To(string device, bool prefix = false) => Device(7, device, prefix, Equal);

    /// <summary>It leaves through any other device.</summary>
    internal NftRule NotTo(string device, bool prefix = false) => Device(7, device, prefix, NotEqual);

    /// <summary>It goes to an IPv4 address of a network.</summary>
    internal NftRule ToAddress(IPNetwork network) => Address(16, network);

    /// <summary>It comes from an IPv4 address of a network.</summary>
    internal NftRule FromAddress(IPNetwork network) => Address(12, network);

    /// <summary>It comes from an address in a set of the table.</summary>
    internal NftRule FromSet(string set) => Payload(12).Lookup(set);

    /// <summary>The device it came through, and the one it leaves through, are both in a set of the table.</summary>
    internal NftRule BetweenDevicesOf(string set) => Add("meta", data => data.BigEndian(2, 6).BigEndian(1, Register)).Lookup(set)
        .Add("meta", data => data.BigEndian(2, 7).BigEndian(1, Register)).Lookup(set);

    /// <summary>It belongs to a connection that is known, or is an error message about one.</summary>
    internal NftRule Known() => Connection(0, 2 | 4); // NFT_CT_STATE: ESTABLISHED, RELATED

    /// <summary>Somebody (a published port, say) has changed its destination.</summary>
    internal NftRule Redirected() => Connection(2, 0x20); // NFT_CT_STATUS: IPS_DST_NAT

    /// <summary>It is ICMP.</summary>
    internal NftRule Icmp() => Add("meta", data => data.BigEndian(2, 16).BigEndian(1, Register)).Compare(Equal, [1]);

    /// <summary>Counts it, as the usual tools expect of rules of theirs.</summary>
    internal NftRule Count() => Add("counter", data => data.Bytes(1, new byte[8]).Bytes(2, new byte[8]));

    internal NftRule Accept() => Verdict(1);

    internal NftRule Drop() => Verdict(0);

    /// <summary>Goes on in another chain, and comes back where that decides nothing.</summary>
    internal NftRule Jump(string chain) => Add("immediate", data => data.BigEndian(1, VerdictRegister).Nest(2, value =>
        value.Nest(2, verdict => verdict.BigEndian(1, unchecked((uint)-3)).Text(2, chain))));

    /// <summary>Refuses it with an ICMP message, so that the sender need not wait: administratively prohibited.</summary>
    internal NftRule Reject() => Add("reject", data => data.BigEndian(1, 0).Bytes(2, [13]));

    /// <summary>It leaves with the address of the device it leaves through.</summary>
    internal NftRule Masquerade() => Add("masq", _ => { });

    /// <summary>The list of expressions as an attribute.</summary>
    internal void WriteTo(NetlinkMessage message, int attribute) => message.Nest(attribute, list =>
    {
        foreach (var expression in _expressions)
        {
            list.Nest(1, expression);
        }
    });

    private NftRule Device(uint key, string name, bool prefix, uint comparison)
    {
        var bytes = new byte[prefix ? name.Length : 16]; // names are compared with their padding
        Encoding.ASCII.GetBytes(name, bytes);
        return Add("meta", data => data.BigEndian(2, key).BigEndian(1, Register)).Compare(comparison, bytes);
    }

    private NftRule Address(uint offset, IPNetwork network)
    {
        Payload(offset);
        if (network.PrefixLength < 32)
        {
            var mask = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(mask, network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - network.PrefixLength));
            Mask(mask);
        }
        return Compare(Equal, network.BaseAddress.GetAddressBytes());
    }

    private NftRule Connection(uint key, int bits)
    {
        var mask = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(mask, bits);
        return Add("ct", data => data.BigEndian(2, key).BigEndian(1, Register)).Mask(mask).Compare(NotEqual, new byte[4]);
    }

    private NftRule Lookup(string set) => Add("lookup", data => data.Text(1, set).BigEndian(2, Register));

    private NftRule Payload(uint offset) =>
        Add("payload", data => data.BigEndian(1, Register).BigEndian(2, 1).BigEndian(3, offset).BigEndian(4, 4)); // network header, 4 bytes

    private NftRule Mask(byte[] mask) => Add("bitwise", data => data.BigEndian(1, Register).BigEndian(2, Register).BigEndian(3, (uint)mask.Length)
        .Nest(4, value => value.Bytes(1, mask)).Nest(5, value => value.Bytes(1, new byte[mask.Length])));

    private NftRule Compare(uint comparison, byte[] with) =>
        Add("cmp", data => data.BigEndian(1, Register).BigEndian(2, comparison).Nest(3, value => value.Bytes(1, with)));

    private NftRule Verdict(uint code) =>
        Add("immediate", data => data.BigEndian(1, VerdictRegister).Nest(2, value => value.Nest(2, verdict => verdict.BigEndian(1, code))));

    private NftRule Add(string name, Action<NetlinkMessage> data)
    {
        _expressions.Add(message => message.Text(1, name).Nest(2, data));
        return this;
    }
}
