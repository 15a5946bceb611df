namespace Fogbank.Engines;

/// <summary>A volume of the workload's group at a path inside. What the image has at that path is copied into a volume that is still empty.</summary>
public sealed record VolumeMount
{
    /// <summary>One of <see cref="GroupSpec.Volumes"/>.</summary>
    public required string Volume { get; init; }

    /// <summary>Absolute path inside the workload.</summary>
    public required string Target { get; init; }

    /// <summary>The workload cannot write to it.</summary>
    public bool ReadOnly { get; init; }
}
