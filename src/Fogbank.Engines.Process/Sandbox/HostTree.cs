namespace Fogbank.Engines.Process.Sandbox;

/// <summary>The parts of the host's file system that every sandbox sees read-only: the system's programs and libraries, nothing else.</summary>
internal sealed record HostTree
{
    private static readonly string[] Top = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    private static readonly string[] ProcFiles =
        ["kcore", "keys", "key-users", "kmsg", "kpagecount", "kpageflags", "kpagecgroup", "latency_stats", "sched_debug", "sysrq-trigger", "timer_list", "timer_stats", "vmallocinfo", "kallsyms", "config.gz", "cmdline", "slabinfo", "mounts.host"];

    private static readonly string[] ProcFolders = ["acpi", "asound", "bus", "driver", "fs", "irq", "scsi", "sys", "tty", "sysvipc"];

    /// <summary>Folders that appear under their own path.</summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>Symbolic links of the root with their targets.</summary>
    public required IReadOnlyList<(string Name, string Target)> Links { get; init; }

    /// <summary>Files of <c>/proc</c> that are hidden behind <c>/dev/null</c>.</summary>
    public required IReadOnlyList<string> HiddenProcFiles { get; init; }

    /// <summary>Folders of <c>/proc</c> that are made read-only.</summary>
    public required IReadOnlyList<string> ReadOnlyProcFolders { get; init; }

    /// <summary>Folders of <c>/proc</c> that appear empty.</summary>
    public required IReadOnlyList<string> HiddenProcFolders { get; init; }

    /// <summary>Looks at this machine.</summary>
    internal static HostTree Detect()
    {
        List<string> folders = ["/usr"];
        List<(string, string)> links = [];
        foreach (var name in Top)
        {
            var path = "/" + name;
            if (new FileInfo(path).LinkTarget is { } target)
            {
                links.Add((name, target));
            }
            else if (Directory.Exists(path))
            {
                folders.Add(path);
            }
        }
        return new()
        {
            Folders = folders,
            Links = links,
            HiddenProcFiles = [.. ProcFiles.Where(name => File.Exists("/proc/" + name))],
            // Programs read limits and kernel versions under /proc/sys; they cannot write there as an unprivileged user, and must not if they could.
            ReadOnlyProcFolders = ["sys"],
            HiddenProcFolders = [.. ProcFolders.Where(name => name != "sys" && Directory.Exists("/proc/" + name))],
        };
    }
}
