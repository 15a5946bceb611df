using System.Net;

namespace Fogbank.Engines;

/// <summary>
/// A place in a network that workloads share: one bridge in a network namespace of its own per <see cref="Network"/>. Addresses are given,
/// never chosen: who starts the workload keeps the books. From inside, the host's loopback, link-local addresses but the endpoints, and
/// other networks cannot be reached.
/// </summary>
public sealed record NetworkSpec
{
    /// <summary>Name of the network (a VPC's id, say): 1 to 64 letters, digits or <c>-</c>. Made when the first workload joins, removed after the last.</summary>
    public required string Network { get; init; }

    /// <summary>All addresses of the network; the same for every workload of it.</summary>
    public required IPNetwork Range { get; init; }

    /// <summary>The workload's own IPv4 address, in <see cref="Range"/> and used by nobody else.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The router's address as the workload sees it (the first of its subnet, say). Several may exist in a network.</summary>
    public required IPAddress Gateway { get; init; }

    /// <summary>Bits of the subnet's prefix, for the address's mask.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>Ethernet address in the form <c>02:00:ac:1f:00:05</c>, or null for one made of <see cref="Address"/>.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Connections to outside the network are let out (masqueraded); else only other workloads of the network are reached.</summary>
    public bool Egress { get; init; } = true;

    /// <summary>Most bytes a second in each direction over the link, or null for no limit.</summary>
    public long? BytesPerSecond { get; init; }
}
