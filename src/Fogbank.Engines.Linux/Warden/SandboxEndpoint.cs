namespace Fogbank.Engines.Linux.Warden;

/// <summary>An address to listen on, with the variables that are to name it.</summary>
internal sealed record SandboxEndpoint
{
    public required string Address { get; init; }
    public required int Port { get; init; }
    public bool IsDatagram { get; init; }
    public string? AddressVariable { get; init; }
    public string? UrlVariable { get; init; }

    internal static SandboxEndpoint From(EndpointSpec endpoint) => new()
    {
        Address = endpoint.Address.ToString(),
        Port = endpoint.Port,
        IsDatagram = endpoint.Protocol == EndpointProtocol.Udp,
        AddressVariable = endpoint.AddressVariable,
        UrlVariable = endpoint.UrlVariable,
    };
}
