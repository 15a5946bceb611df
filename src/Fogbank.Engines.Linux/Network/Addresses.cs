using System.Buffers.Binary;
using System.Net;

namespace Fogbank.Engines.Linux.Network;

/// <summary>Arithmetic of IPv4 and Ethernet addresses.</summary>
internal static class Addresses
{
    /// <summary>
    /// Ranges for the links between networks and the machine, none of which is routed in the Internet. The first is the end of the space
    /// for carriers' own use, the second is for benchmarks of network devices, the third is link-local.
    /// </summary>
    internal static IReadOnlyList<IPNetwork> UplinkRanges { get; } =
        [IPNetwork.Parse("100.127.0.0/16"), IPNetwork.Parse("198.19.0.0/16"), IPNetwork.Parse("169.254.64.0/18")];

    /// <summary>Where workloads never get to by their link: this machine, link-local, groups, and what is reserved.</summary>
    internal static IReadOnlyList<IPNetwork> Forbidden { get; } =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
    ];

    internal static bool Overlap(IPNetwork one, IPNetwork other) => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    internal static IPAddress Add(IPAddress address, uint offset)
    {
        var bytes = address.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + offset);
        return new(bytes);
    }

    /// <summary>A free piece of four addresses in the first range that nobody else uses; null where there is none.</summary>
    /// <param name="foreign">What the machine uses for other purposes: ranges that overlap with it are left alone as a whole.</param>
    /// <param name="own">Taken pieces.</param>
    /// <param name="start">Where to begin looking, so that a network often finds its old place.</param>
    internal static IPNetwork? FreeUplink(IReadOnlyList<IPNetwork> foreign, IReadOnlyList<IPNetwork> own, uint start)
    {
        foreach (var range in UplinkRanges.Where(range => !foreign.Any(used => Overlap(range, used))))
        {
            var pieces = 1u << (30 - range.PrefixLength);
            for (var i = 0u; i < pieces; i++)
            {
                IPNetwork piece = new(Add(range.BaseAddress, (start + i) % pieces * 4), 30);
                if (!own.Any(used => Overlap(piece, used)))
                {
                    return piece;
                }
            }
        }
        return null;
    }

    /// <summary>A locally administered Ethernet address made of an IPv4 address, as <see cref="NetworkSpec.MacAddress"/> has it.</summary>
    internal static byte[] MacOf(IPAddress address) => [0x02, 0x00, .. address.GetAddressBytes()];

    /// <summary>Reads <c>02:00:ac:1f:00:05</c>; null where it is not the address of one device.</summary>
    internal static byte[]? ParseMac(string text)
    {
        var parts = text.Split(':');
        var bytes = new byte[6];
        for (var i = 0; i < 6; i++)
        {
            if (parts.Length != 6 || parts[i].Length != 2 || !byte.TryParse(parts[i], System.Globalization.NumberStyles.AllowHexSpecifier, null, out bytes[i]))
            {
                return null;
            }
        }
        return (bytes[0] & 1) == 0 && bytes.Any(b => b != 0) ? bytes : null;
    }
}
