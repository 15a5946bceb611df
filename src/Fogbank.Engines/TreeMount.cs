namespace Fogbank.Engines;

/// <summary>
/// A folder of the host's that appears read-only in the workload: a runtime client, an interpreter outside the system's prefix. It is
/// named, not given as a path: which names exist is the driver's configuration, so a spec can never reach other folders.
/// </summary>
public sealed record TreeMount
{
    /// <summary>The name under which the folder was registered with the driver.</summary>
    public required string Tree { get; init; }

    /// <summary>Absolute path inside the workload, for example <c>/var/runtime</c>.</summary>
    public required string Target { get; init; }
}
