namespace Fogbank.Engines.Linux.Cgroups;

/// <summary>Which control-group hierarchies this machine has mounted where.</summary>
internal sealed record CgroupLayout
{
    /// <summary>Mount point of the version 2 hierarchy, or null. On hybrid machines it has no controllers but still freezes, kills and counts CPU time.</summary>
    public string? Unified { get; init; }

    /// <summary>Controllers of the version 2 hierarchy.</summary>
    public IReadOnlySet<string> UnifiedControllers { get; init; } = new HashSet<string>();

    /// <summary>Mount points of version 1 hierarchies by controller.</summary>
    public IReadOnlyDictionary<string, string> Controllers { get; init; } = new Dictionary<string, string>();

    /// <summary>Mount points of all version 1 hierarchies, also those whose controllers are of no interest.</summary>
    public IReadOnlyList<string> Hierarchies { get; init; } = [];

    /// <summary>Finds what is mounted.</summary>
    internal static CgroupLayout Detect()
    {
        var layout = Parse(ReadOrEmpty("/proc/self/mounts"));
        return layout.Unified is null ? layout : layout with
        {
            UnifiedControllers = ReadOrEmpty(Path.Combine(layout.Unified, "cgroup.controllers"))
                .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet(),
        };
    }

    /// <summary>Reads the form of <c>/proc/self/mounts</c>.</summary>
    internal static CgroupLayout Parse(string mounts)
    {
        string? unified = null;
        Dictionary<string, string> controllers = [];
        List<string> hierarchies = [];
        foreach (var line in mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ');
            if (fields.Length < 4)
            {
                continue;
            }
            if (fields[2] == "cgroup2")
            {
                unified ??= fields[1];
            }
            else if (fields[2] == "cgroup")
            {
                hierarchies.Add(fields[1]);
                foreach (var option in fields[3].Split(','))
                {
                    if (option is "memory" or "cpu" or "cpuacct" or "pids" or "freezer" or "blkio")
                    {
                        controllers.TryAdd(option, fields[1]);
                    }
                }
            }
        }
        return new() { Unified = unified, Controllers = controllers, Hierarchies = hierarchies };
    }

    /// <summary>True where a controller is to be had in either version.</summary>
    internal bool Has(string controller) => Controllers.ContainsKey(controller) || UnifiedControllers.Contains(controller);

    private static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
