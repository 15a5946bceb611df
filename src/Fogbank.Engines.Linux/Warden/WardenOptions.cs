namespace Fogbank.Engines.Linux.Warden;

/// <summary>Settings of the warden.</summary>
public sealed record WardenOptions
{
    /// <summary>Folder of the warden's own; one region at a time uses it, and nobody else may enter it.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Program and first arguments that start a warden; null means this executable. For tests, whose executable is another.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>How long durable workloads go on without a region before they are stopped. Default 10 min.</summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Durable workloads go on when the region ends in order; else they are stopped then. Default true; false where nothing of the
    /// region's state is kept.</summary>
    public bool KeepDurable { get; init; } = true;
}
