namespace Fogbank.Engines;

/// <summary>What an endpoint listens for.</summary>
public enum EndpointProtocol
{
    /// <summary>TCP connections: each accept gives the next one.</summary>
    Tcp,

    /// <summary>UDP datagrams: the first accept gives the bound socket itself, the next waits for the end.</summary>
    Udp,
}
