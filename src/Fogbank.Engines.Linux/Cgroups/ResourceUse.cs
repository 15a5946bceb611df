namespace Fogbank.Engines.Linux.Cgroups;

/// <summary>Resource use as read from the control groups.</summary>
internal sealed record ResourceUse
{
    public long MemoryBytes { get; init; }
    public long MaxMemoryBytes { get; init; }
    public long CpuMicroseconds { get; init; }
    public int Pids { get; init; }
    public long BlockReadBytes { get; init; }
    public long BlockWrittenBytes { get; init; }
    public long NetworkReceivedBytes { get; init; }
    public long NetworkSentBytes { get; init; }

    internal WorkloadStats View() => new()
    {
        MemoryBytes = MemoryBytes,
        MaxMemoryBytes = MaxMemoryBytes,
        CpuTime = TimeSpan.FromMicroseconds(CpuMicroseconds),
        Pids = Pids,
        NetworkReceivedBytes = NetworkReceivedBytes,
        NetworkSentBytes = NetworkSentBytes,
        BlockReadBytes = BlockReadBytes,
        BlockWrittenBytes = BlockWrittenBytes,
    };
}
