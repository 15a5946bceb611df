namespace Fogbank.Kernel;

/// <summary>What the user decided about the region as a whole. Validated by the program before anything starts.</summary>
public sealed record RegionOptions
{
    /// <summary>Absolute path of the data folder.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Region of requests whose signature names none. Default us-east-1.</summary>
    public string DefaultRegion { get; init; } = "us-east-1";

    /// <summary>Account of requests whose key names none. Default 000000000000.</summary>
    public string DefaultAccountId { get; init; } = "000000000000";

    /// <summary>32 secret bytes of this region, from <c>region.key</c>: seals secrets, sessions and paging tokens.</summary>
    public required ReadOnlyMemory<byte> RegionKey { get; init; }
}
