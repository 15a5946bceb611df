namespace Fogbank.Engines.Oci.Protocol;

/// <summary>A <see cref="WorkloadSpec"/> as the warden gets it: checked, with the image replaced by the folders of its layers.</summary>
internal sealed record ContainerSpec
{
    public required string Id { get; init; }
    public required List<string> Command { get; init; }
    public required string WorkingDirectory { get; init; }

    /// <summary><c>NAME=value</c> each; the endpoints' variables are added by the warden.</summary>
    public required List<string> Environment { get; init; }

    /// <summary>Folders that are mounted on each other, the lowest first.</summary>
    public required List<string> Layers { get; init; }

    /// <summary>Names of the layers in the region's cache, which must keep them.</summary>
    public required List<string> DiffIds { get; init; }
    public required long MemoryBytes { get; init; }
    public int? CpuMillis { get; init; }
    public bool StartUnthrottled { get; init; }
    public required int MaxPids { get; init; }
    public required long TmpBytes { get; init; }
    public required string User { get; init; }
    public required string HostName { get; init; }
    public required int StopSignal { get; init; }
    public required TimeSpan StopGrace { get; init; }
    public bool ReadOnlyRoot { get; init; }
    public bool NoNewPrivileges { get; init; }
    public required List<VolumeRecord> Volumes { get; init; }
    public required List<TmpfsRecord> Tmpfs { get; init; }
    public long? SharedMemoryBytes { get; init; }
    public required List<ResourceLimit> Limits { get; init; }
    public required List<string> Capabilities { get; init; }
    public int? CpuShares { get; init; }
    public long? MemoryReservationBytes { get; init; }
    public bool Init { get; init; }
    public bool Terminal { get; init; }
    public required Dictionary<string, string> Labels { get; init; }
}

internal sealed record VolumeRecord(string Volume, string Target, bool ReadOnly);

internal sealed record TmpfsRecord(string Target, long SizeBytes, List<string> Options);
