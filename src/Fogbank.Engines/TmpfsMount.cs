namespace Fogbank.Engines;

/// <summary>A file system in memory, charged to the workload.</summary>
public sealed record TmpfsMount
{
    /// <summary>Absolute path inside the workload.</summary>
    public required string Target { get; init; }

    /// <summary>Most bytes in it.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Mount options as mount(8) names them (<c>noexec</c>, <c>mode=1777</c>); what a driver does not know is refused.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
