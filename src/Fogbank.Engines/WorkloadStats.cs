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

    /// <summary>Bytes received over the network link since the start; 0 without one.</summary>
    public long NetworkReceivedBytes { get; init; }

    /// <summary>Bytes sent over the network link since the start; 0 without one.</summary>
    public long NetworkSentBytes { get; init; }

    /// <summary>Bytes read from block devices.</summary>
    public long BlockReadBytes { get; init; }

    /// <summary>Bytes written to block devices.</summary>
    public long BlockWrittenBytes { get; init; }
}
