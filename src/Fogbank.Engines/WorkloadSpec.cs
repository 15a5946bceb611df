namespace Fogbank.Engines;

/// <summary>All a driver needs to start a workload. It holds no path of the host's.</summary>
public sealed record WorkloadSpec
{
    /// <summary>1 to 64 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>, beginning with a letter or digit; names control groups and files.</summary>
    public required string Id { get; init; }

    /// <summary>Program and arguments; the first is an absolute path inside the workload, or with an image also a name that is looked up
    /// in the <c>PATH</c> of <see cref="Environment"/>.</summary>
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

    /// <summary>Its root file system; null for the driver's own (the system's folders, read-only).</summary>
    public ImageRoot? Image { get; init; }

    /// <summary>Size of <c>/tmp</c>; 0 where <c>/tmp</c> shall be a folder of the root like any other (with <see cref="Image"/> only). Its content is on disk and not charged to <see cref="MemoryBytes"/> where the driver can do so.</summary>
    public long TmpBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Without an image: name of the user that the workload runs as, which a driver maps to an unprivileged user of the workload's
    /// own. With one: <c>user[:group]</c> by name or number as the image's <c>/etc/passwd</c> has them, and empty for root.</summary>
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

    /// <summary>Its place in a network, or null for loopback and endpoints only. In a group, the group's holds and this must be null.</summary>
    public NetworkSpec? Network { get; init; }

    /// <summary>Nothing can be written to the root, only to mounts.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary>Bytes that may be written to the root of a workload outside a group; in a group its <see cref="GroupSpec.StorageBytes"/> holds.</summary>
    public long StorageBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Volumes of its group.</summary>
    public IReadOnlyList<VolumeMount> Volumes { get; init; } = [];

    /// <summary>File systems in memory.</summary>
    public IReadOnlyList<TmpfsMount> Tmpfs { get; init; } = [];

    /// <summary>Size of <c>/dev/shm</c>; null for the driver's default.</summary>
    public long? SharedMemoryBytes { get; init; }

    /// <summary>Limits on each process beside <see cref="MaxOpenFiles"/>, which a limit named <c>nofile</c> replaces.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>Capabilities (<c>CAP_NET_RAW</c>) that it has beyond the driver's default for images.</summary>
    public IReadOnlyList<string> AddedCapabilities { get; init; } = [];

    /// <summary>Capabilities taken from that default; <c>ALL</c> for every one.</summary>
    public IReadOnlyList<string> DroppedCapabilities { get; init; } = [];

    /// <summary>No program can give it another user or further capabilities. With an image; a driver without images always has it so.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Relative weight of its CPU time among the workloads of its group, 1024 being usual; null means that.</summary>
    public int? CpuShares { get; init; }

    /// <summary>Memory that is left to it when the machine gets short, where the kernel can do so; null for none.</summary>
    public long? MemoryReservationBytes { get; init; }

    /// <summary>A small init reaps and forwards signals as process 1 in front of the command.</summary>
    public bool Init { get; init; }

    /// <summary>Standard input, output and error are a pseudo-terminal; everything then comes as standard output.</summary>
    public bool Terminal { get; init; }

    /// <summary>Labels by which an operator recognises it with the machine's own tools; no meaning to the driver.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
