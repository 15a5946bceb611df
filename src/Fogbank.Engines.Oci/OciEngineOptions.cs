namespace Fogbank.Engines.Oci;

/// <summary>Settings of the oci engine.</summary>
public sealed record OciEngineOptions
{
    /// <summary>Folder for what can be made again at any time: unpacked layers. On a disk, not a tmpfs.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>Folder of groups and their storage. Belongs to one region at a time; what is durable in it outlives the region. On a disk.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The OCI runtime: a name that is looked up in the system's folders, or a path. Null for crun, else runc.</summary>
    public string? Runtime { get; init; }

    /// <summary>The container monitor, likewise. Null for conmon.</summary>
    public string? Monitor { get; init; }

    /// <summary>Most bytes of unpacked layers to keep that nobody uses. Default 32 GiB.</summary>
    public long MaxCacheBytes { get; init; } = 32L * 1024 * 1024 * 1024;
}
