namespace Fogbank.Engines;

/// <summary>Resource use of a workload since its start.</summary>
public sealed record WorkloadStats
{
    /// <summary>Memory in use now, file cache included.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Most memory in use at any time so far.</summary>
    public required long MaxMemoryBytes { get; init; }

    /// <summary>CPU time of all processes together.</summary>
    public required TimeSpan CpuTime { get; init; }

    /// <summary>Processes and threads that exist now.</summary>
    public required int Pids { get; init; }
}
