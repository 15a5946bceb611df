using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Protocol;

/// <summary>What the region must know of a container that was started, also by an earlier region.</summary>
internal sealed record ContainerState
{
    public required string Id { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required int StopSignal { get; init; }
    public required TimeSpan StopGrace { get; init; }
    public required List<string> DiffIds { get; init; }

    /// <summary>How it ended, when it has.</summary>
    public ContainerEnd? End { get; init; }
}

/// <summary>How a container ended; kept in its folder.</summary>
internal sealed record ContainerEnd
{
    public int? ExitCode { get; init; }
    public int? Signal { get; init; }
    public bool OutOfMemory { get; init; }
    public bool Lost { get; init; }
    public required ResourceUse Use { get; init; }
}

/// <summary>What the warden keeps of a running container, to find it again.</summary>
internal sealed record ContainerRecord
{
    public required ContainerState State { get; init; }

    /// <summary>The process that owns its pipes and will write its exit code.</summary>
    public required ProcessIdentity Monitor { get; init; }

    /// <summary>Its main process.</summary>
    public required ProcessIdentity Main { get; init; }
}
