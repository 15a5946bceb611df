namespace Fogbank.Engines.Process;

/// <summary>Settings of the process engine.</summary>
public sealed record ProcessEngineOptions
{
    /// <summary>Folder for what can be made again at any time: unpacked artifacts. On a disk, not a tmpfs.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>Folder for what lives only while the region does. Belongs to one region at a time and is emptied at start.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Folders of the host's that specs may name (<see cref="TreeMount.Tree"/>), by name.</summary>
    public IReadOnlyDictionary<string, string> Trees { get; init; } = new Dictionary<string, string>();

    /// <summary>Program and first arguments that start a warden; null means this executable. For tests, whose executable is another.</summary>
    public IReadOnlyList<string>? WardenCommand { get; init; }

    /// <summary>Most bytes of unpacked artifacts to keep that nobody uses. Default 10 GiB; 0 keeps none.</summary>
    public long MaxCacheBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Most bytes of a packed artifact. Default 1 GiB.</summary>
    public long MaxPackedBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Output that is kept per workload until it is read. Default 1 MiB; more of it makes the workload wait.</summary>
    public int OutputBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a workload waits for somebody to read its output before output is dropped. Default 5 s.</summary>
    public TimeSpan OutputPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Runs workloads as plain processes even where they could be isolated.</summary>
    public bool DisableIsolation { get; init; }
}
