namespace Fogbank.Engines;

/// <summary>Artifacts that appear read-only at one path of the workload.</summary>
public sealed record ArtifactMount
{
    /// <summary>Absolute path inside the workload, for example <c>/var/task</c>.</summary>
    public required string Target { get; init; }

    /// <summary>One or more artifacts; where several have the same file, the last one wins.</summary>
    public required IReadOnlyList<Artifact> Artifacts { get; init; }
}
