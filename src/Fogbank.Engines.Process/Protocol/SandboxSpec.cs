using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Warden;

namespace Fogbank.Engines.Process.Protocol;

/// <summary>A <see cref="WorkloadSpec"/> as the warden gets it: checked, with artifacts and trees replaced by folders.</summary>
internal sealed record SandboxSpec
{
    public required string Id { get; init; }
    public required List<string> Command { get; init; }
    public required string WorkingDirectory { get; init; }

    /// <summary><c>NAME=value</c> each.</summary>
    public required List<string> Environment { get; init; }
    public required List<SandboxMount> Mounts { get; init; }
    public required long MemoryBytes { get; init; }

    /// <summary>Thousandths of a CPU at the start; null means no limit.</summary>
    public int? CpuMillis { get; init; }
    public required int MaxPids { get; init; }
    public required long TmpBytes { get; init; }
    public required string User { get; init; }
    public required string HostName { get; init; }
    public required int MaxOpenFiles { get; init; }
    public required List<SandboxEndpoint> Endpoints { get; init; }

    /// <summary>Its place in a network; null for loopback only.</summary>
    public MemberRecord? Network { get; init; }
}

/// <summary>Host folders that appear read-only at a path inside; where several have the same file, the last one wins.</summary>
internal sealed record SandboxMount
{
    public required string Target { get; init; }
    public required List<string> Sources { get; init; }
}
