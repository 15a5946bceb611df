using System.Net;

namespace Fogbank.Engines.Linux.Network;

/// <summary>What a later warden must know of a durable namespace that it finds; written when the namespace is complete.</summary>
internal sealed record MemberRecord
{
    /// <summary>Null where it has loopback only.</summary>
    public string? Network { get; init; }
    public string? Address { get; init; }
    public string? Range { get; init; }
    public string? Gateway { get; init; }
    public int PrefixLength { get; init; }
    public string? MacAddress { get; init; }
    public bool Egress { get; init; }
    public long? BytesPerSecond { get; init; }

    /// <summary>Name of the device in the network's namespace.</summary>
    public string? Port { get; init; }

    internal static MemberRecord From(NetworkSpec? spec, string? port) => spec is null ? new() : new()
    {
        Network = spec.Network,
        Address = spec.Address.ToString(),
        Range = spec.Range.ToString(),
        Gateway = spec.Gateway.ToString(),
        PrefixLength = spec.PrefixLength,
        MacAddress = spec.MacAddress,
        Egress = spec.Egress,
        BytesPerSecond = spec.BytesPerSecond,
        Port = port,
    };

    internal NetworkSpec? ToSpec() => Network is null ? null : new()
    {
        Network = Network,
        Address = IPAddress.Parse(Address!),
        Range = IPNetwork.Parse(Range!),
        Gateway = IPAddress.Parse(Gateway!),
        PrefixLength = PrefixLength,
        MacAddress = MacAddress,
        Egress = Egress,
        BytesPerSecond = BytesPerSecond,
    };
}
