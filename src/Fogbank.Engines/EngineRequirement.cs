namespace Fogbank.Engines;

/// <summary>Something that a driver needs of the machine, for those who ask why it cannot do more.</summary>
public sealed record EngineRequirement
{
    /// <summary>What is needed: <c>crun</c>, <c>cgroup memory controller</c>.</summary>
    public required string Name { get; init; }

    /// <summary>It is there.</summary>
    public required bool Present { get; init; }

    /// <summary>What was found, or what is missing without it.</summary>
    public required string Detail { get; init; }

    /// <summary>Without it the driver cannot run at all; else it only does less.</summary>
    public bool Essential { get; init; } = true;

    /// <summary>The Debian package that brings it, or null.</summary>
    public string? Package { get; init; }
}
