namespace Fogbank.Engines;

/// <summary>What a driver can do on this machine.</summary>
public sealed record EngineCapabilities
{
    /// <summary>The kinds of artifact that can be started.</summary>
    public required IReadOnlySet<ArtifactKind> ArtifactKinds { get; init; }

    /// <summary>Workloads have their own root: mount targets are real paths. When false, the driver puts the real folder in the place
    /// of a mount target at the start of a path in command, working directory and environment.</summary>
    public required bool OwnRoot { get; init; }

    /// <summary>Workloads have their own network: endpoints listen on exactly the address asked for, and nobody else can reach them.
    /// When false, endpoints are on the host's loopback at a port of the driver's choice (see <see cref="EndpointSpec.AddressVariable"/>).</summary>
    public required bool OwnNetwork { get; init; }

    /// <summary>Memory is limited by the kernel and an out-of-memory kill is told from other kills.</summary>
    public required bool MemoryLimit { get; init; }

    /// <summary>CPU time is limited, and <see cref="IWorkload.SetCpuAsync"/> works.</summary>
    public required bool CpuLimit { get; init; }

    /// <summary>The number of processes is limited for the workload as a whole.</summary>
    public required bool PidsLimit { get; init; }

    /// <summary>The size of <c>/tmp</c> is enforced.</summary>
    public required bool TmpLimit { get; init; }

    /// <summary><see cref="IWorkload.FreezeAsync"/> and <see cref="IWorkload.ThawAsync"/> work.</summary>
    public required bool Freeze { get; init; }

    /// <summary>Workloads can have an image as their root (<see cref="WorkloadSpec.Image"/>).</summary>
    public bool Images { get; init; }

    /// <summary>Groups and durable workloads can be had.</summary>
    public bool Groups { get; init; }

    /// <summary>Workloads can have a place in a network (<see cref="NetworkSpec"/>).</summary>
    public bool Networks { get; init; }

    /// <summary><see cref="IWorkload.ExecAsync"/> works.</summary>
    public bool Exec { get; init; }
}
