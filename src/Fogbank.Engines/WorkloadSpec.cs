namespace Fogbank.Engines;

/// <summary>All a driver needs to start a workload. It holds no path of the host's.</summary>
public sealed record WorkloadSpec
{
    /// <summary>1 to 64 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>, beginning with a letter or digit; names control groups and files.</summary>
    public required string Id { get; init; }

    /// <summary>Program and arguments; the first is an absolute path inside the workload.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Absolute path inside the workload.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The whole environment; nothing of the host's is added but what <see cref="Endpoints"/> name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Code. Targets must differ and must not lie below each other or below those of <see cref="Trees"/>.</summary>
    public IReadOnlyList<ArtifactMount> Artifacts { get; init; } = [];

    /// <summary>Registered folders of the host's.</summary>
    public IReadOnlyList<TreeMount> Trees { get; init; } = [];

    /// <summary>Most memory of all its processes together, swap included.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Thousandths of one CPU that all its processes may use together; null means no limit.</summary>
    public int? CpuMillis { get; init; }

    /// <summary>Starts without the CPU limit; <see cref="IWorkload.SetCpuAsync"/> imposes it later.</summary>
    public bool StartUnthrottled { get; init; }

    /// <summary>Most processes and threads together.</summary>
    public int MaxPids { get; init; } = 1024;

    /// <summary>Size of <c>/tmp</c>. Its content is on disk and not charged to <see cref="MemoryBytes"/> where the driver can do so.</summary>
    public long TmpBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Name of the user that the workload runs as; a driver maps it to an unprivileged user of the workload's own.</summary>
    public string User { get; init; } = "sandbox";

    /// <summary>Host name inside.</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>Listeners inside the workload's network.</summary>
    public IReadOnlyList<EndpointSpec> Endpoints { get; init; } = [];

    /// <summary>Most open files per process. Clamped to what the host allows.</summary>
    public int MaxOpenFiles { get; init; } = 1024;

    /// <summary>What <see cref="IWorkload.StopAsync"/> sends first.</summary>
    public StopSignal StopSignal { get; init; } = StopSignal.Terminate;

    /// <summary>How long <see cref="IWorkload.StopAsync"/> waits before it kills, unless told otherwise.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);
}
