namespace Fogbank.Engines.Linux.Cgroups;

/// <summary>Resource use as read from the control groups.</summary>
internal sealed record ResourceUse
{
    public long MemoryBytes { get; init; }
    public long MaxMemoryBytes { get; init; }
    public long CpuMicroseconds { get; init; }
    public int Pids { get; init; }
}
