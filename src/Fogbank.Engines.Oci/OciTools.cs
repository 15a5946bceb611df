using Fogbank.Engines.Linux;
using Fogbank.Engines.Linux.Cgroups;

namespace Fogbank.Engines.Oci;

/// <summary>The programs that this engine is made of, and what else it needs of the machine.</summary>
internal sealed record OciTools
{
    private static readonly string[] Folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec/podman", "/usr/lib/podman"];

    internal required string? Runtime { get; init; }

    internal required string? Monitor { get; init; }

    internal required IReadOnlyList<EngineRequirement> Requirements { get; init; }

    /// <summary>All that is essential is there.</summary>
    internal bool AreComplete => Requirements.All(requirement => requirement.Present || !requirement.Essential);

    /// <summary>Looks at this machine.</summary>
    internal static OciTools Detect(string? runtime, string? monitor)
    {
        var foundRuntime = runtime is null ? Find("crun") ?? Find("runc") : Find(runtime);
        var foundMonitor = Find(monitor ?? "conmon");
        var cgroups = CgroupLayout.Detect();
        var (level, reason) = IsolationJudge.Judge(disabled: false);
        string[] missing = [.. ((string[])["memory", "cpu", "pids"]).Where(controller => !cgroups.Has(controller))];
        return new()
        {
            Runtime = foundRuntime,
            Monitor = foundMonitor,
            Requirements =
            [
                new() { Name = "isolation", Present = level == IsolationLevel.Full, Detail = reason },
                new() { Name = runtime ?? "crun", Present = foundRuntime is not null, Detail = foundRuntime ?? "no OCI runtime starts containers", Package = "crun" },
                new() { Name = monitor ?? "conmon", Present = foundMonitor is not null, Detail = foundMonitor ?? "nothing keeps the output and exit codes of containers", Package = "conmon" },
                new() { Name = "cgroups", Present = missing.Length == 0, Detail = missing.Length == 0 ? Describe(cgroups) : $"no control groups for {string.Join(", ", missing)}" },
                new() { Name = "overlay", Present = HasFileSystem("overlay"), Detail = HasFileSystem("overlay") ? "overlay file systems" : "the kernel has no overlay file systems" },
                new() { Name = "loop devices", Present = File.Exists("/dev/loop-control"), Detail = File.Exists("/dev/loop-control") ? "/dev/loop-control" : "the storage of groups cannot be limited" },
                new() { Name = "mkfs.ext4", Present = Find("mkfs.ext4") is not null, Detail = Find("mkfs.ext4") ?? "the storage of groups cannot be limited", Package = "e2fsprogs" },
            ],
        };
    }

    private static string Describe(CgroupLayout layout) =>
        layout.Hierarchies.Count == 0 ? "version 2" : layout.Unified is null ? "version 1" : "version 1 (hybrid)";

    // A module that is not loaded yet is not listed; mounting loads it.
    private static bool HasFileSystem(string name) =>
        !File.Exists("/proc/filesystems") || File.ReadAllText("/proc/filesystems").Contains("\t" + name, StringComparison.Ordinal) || Directory.Exists("/sys/module/" + name)
        || Directory.Exists("/lib/modules/" + File.ReadAllText("/proc/sys/kernel/osrelease").Trim());

    private static string? Find(string name) =>
        name.StartsWith('/') ? (File.Exists(name) ? name : null) : Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
