using Fogbank.Engines.Linux.Warden;

namespace Fogbank.Engines.Oci.Protocol;

/// <summary>A group as the warden gets it and keeps it in the group's folder, where the next warden finds it.</summary>
internal sealed record GroupRecord
{
    public required string Id { get; init; }
    public required bool IsDurable { get; init; }
    public long? MemoryBytes { get; init; }
    public int? CpuMillis { get; init; }
    public int? MaxPids { get; init; }
    public required long StorageBytes { get; init; }
    public required List<string> Volumes { get; init; }
    public required string HostName { get; init; }
    public NetworkRecord? Network { get; init; }
    public required List<SandboxEndpoint> Endpoints { get; init; }

    /// <summary>The endpoints' names, in the order of <see cref="Endpoints"/>.</summary>
    public required List<string> EndpointNames { get; init; }
    public required List<string> NameServers { get; init; }
    public required List<string> SearchDomains { get; init; }
    public required Dictionary<string, string> Hosts { get; init; }
    public required Dictionary<string, string> Sysctls { get; init; }
    public required bool SharePids { get; init; }

    /// <summary>The group was made for one workload, which was started outside any.</summary>
    public bool IsImplicit { get; init; }
}

/// <summary>A <see cref="NetworkSpec"/> in words.</summary>
internal sealed record NetworkRecord
{
    public required string Network { get; init; }
    public required string Range { get; init; }
    public required string Address { get; init; }
    public required string Gateway { get; init; }
    public required int PrefixLength { get; init; }
    public string? MacAddress { get; init; }
    public required bool Egress { get; init; }
    public long? BytesPerSecond { get; init; }

    internal static NetworkRecord? From(NetworkSpec? spec) => spec is null ? null : new()
    {
        Network = spec.Network,
        Range = spec.Range.ToString(),
        Address = spec.Address.ToString(),
        Gateway = spec.Gateway.ToString(),
        PrefixLength = spec.PrefixLength,
        MacAddress = spec.MacAddress,
        Egress = spec.Egress,
        BytesPerSecond = spec.BytesPerSecond,
    };

    internal NetworkSpec ToSpec() => new()
    {
        Network = Network,
        Range = System.Net.IPNetwork.Parse(Range),
        Address = System.Net.IPAddress.Parse(Address),
        Gateway = System.Net.IPAddress.Parse(Gateway),
        PrefixLength = PrefixLength,
        MacAddress = MacAddress,
        Egress = Egress,
        BytesPerSecond = BytesPerSecond,
    };
}
