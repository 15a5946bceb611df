namespace Fogbank.Engines.Linux.Network;

/// <summary>What a later warden must know of a network that it finds; written when the network is complete.</summary>
internal sealed record VpcRecord
{
    public required string Range { get; init; }
}
