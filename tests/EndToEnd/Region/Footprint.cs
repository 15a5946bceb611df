using System.Globalization;
using Fogbank.Tests.EndToEnd.Harness;

namespace Fogbank.Tests.EndToEnd.Region;

/// <summary>What a region has on this machine: processes, their namespaces, cgroups and mounts.</summary>
internal sealed record Footprint(
    IReadOnlyDictionary<int, string> Processes, IReadOnlySet<string> Namespaces, IReadOnlySet<string> Cgroups, IReadOnlySet<string> Mounts, string DataDirectory)
{
    private static readonly string[] NamespaceKinds = ["mnt", "net", "pid", "ipc", "uts", "user"];

    /// <summary>Takes the process tree of a region, and all that only its processes have.</summary>
    public static Footprint Of(RegionProcess region)
    {
        var tree = Tree(region.ProcessId);
        var ours = NamespacesOf(Environment.ProcessId);
        var ourGroups = Groups(Environment.ProcessId);
        var processes = tree.ToDictionary(id => id, StartTime);
        return new(
            processes,
            tree.SelectMany(NamespacesOf).Except(ours).ToHashSet(),
            tree.SelectMany(Groups).Except(ourGroups).Where(Directory.Exists).ToHashSet(),
            MountsBelow(region.DataDirectory),
            region.DataDirectory);
    }

    /// <summary>What of it is still there; empty when all is gone.</summary>
    public IReadOnlyList<string> Remaining()
    {
        var alive = ProcessIds();
        var left = Processes.Where(entry => alive.Contains(entry.Key) && StartTime(entry.Key) == entry.Value)
            .Select(entry => $"process {entry.Key} {CommandLine(entry.Key)}")
            .ToList();
        var used = alive.SelectMany(NamespacesOf).ToHashSet();
        left.AddRange(Namespaces.Where(used.Contains).Select(name => $"namespace {name}"));
        left.AddRange(Cgroups.Where(Directory.Exists).Select(path => $"cgroup {path}"));
        left.AddRange(MountsBelow(DataDirectory).Select(path => $"mount {path}"));
        return left;
    }

    public override string ToString() =>
        $"{Processes.Count} processes, {Namespaces.Count} namespaces, {Cgroups.Count} cgroups, {Mounts.Count} mounts: {string.Join(", ", Processes.Keys.Select(CommandLine))}";

    private static List<int> Tree(int root)
    {
        var children = ProcessIds().ToLookup(Parent);
        var found = new List<int> { root };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i]]);
        }

        return found;
    }

    private static HashSet<int> ProcessIds() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static int Parent(int id) => Stat(id) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : -1;

    /// <summary>When a process started; with its id, this is a process. "" where it is gone or a zombie.</summary>
    private static string StartTime(int id) => Stat(id) is { } stat && stat[0] != "Z" ? stat[19] : "";

    private static string[]? Stat(int id)
    {
        var text = Read($"/proc/{id}/stat");
        return text.Length == 0 ? null : text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string CommandLine(int id) => Read($"/proc/{id}/cmdline").Replace('\0', ' ').Trim();

    private static IEnumerable<string> NamespacesOf(int id) =>
        NamespaceKinds.Select(kind =>
        {
            try
            {
                return new FileInfo($"/proc/{id}/ns/{kind}").LinkTarget;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }).OfType<string>();

    /// <summary>The folders of a process's control groups, in every hierarchy.</summary>
    private static IEnumerable<string> Groups(int id)
    {
        foreach (var line in Read($"/proc/{id}/cgroup").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(':', 3) is [_, var controllers, var path] && path != "/")
            {
                yield return (controllers.Length > 0 ? $"/sys/fs/cgroup/{controllers.Replace("name=", "", StringComparison.Ordinal)}" : Directory.Exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup") + path;
            }
        }
    }

    private static HashSet<string> MountsBelow(string folder) =>
        [.. Read("/proc/self/mountinfo").Split('\n').Select(line => line.Split(' ')).Where(fields => fields.Length > 4).Select(fields => fields[4]).Where(path => path.StartsWith(folder, StringComparison.Ordinal))];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
