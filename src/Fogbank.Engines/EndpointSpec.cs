using System.Net;

namespace Fogbank.Engines;

/// <summary>An address inside the workload's network on which the caller accepts connections. Who connects is that workload and nobody else.</summary>
public sealed record EndpointSpec
{
    /// <summary>Name by which the caller finds the listener again; unique in the spec.</summary>
    public required string Name { get; init; }

    /// <summary>IPv4 address inside the workload: a loopback address or any other, which the driver then adds.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>What it listens for.</summary>
    public EndpointProtocol Protocol { get; init; }

    /// <summary>Port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>Environment variable that the driver sets to <c>address:port</c> as the workload must use it, or null. Use this and not
    /// the address itself: a driver without <see cref="EngineCapabilities.OwnNetwork"/> has to pick another one.</summary>
    public string? AddressVariable { get; init; }

    /// <summary>Environment variable that the driver sets to <c>http://address:port</c>, or null.</summary>
    public string? UrlVariable { get; init; }
}
