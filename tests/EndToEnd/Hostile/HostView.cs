using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>What the host sees: processes, control groups, mounts, namespaces, loop devices, files. The truth that no function can tell.</summary>
internal static class HostView
{
    /// <summary>Numbers of all processes that live; a zombie does not.</summary>
    internal static IEnumerable<int> Processes() => Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0 && State(pid) is not ('Z' or 'X' or ' '));

    /// <summary>Processes that were started with a variable.</summary>
    internal static IReadOnlyList<int> ProcessesWith(string variable) =>
        [.. Processes().Where(pid => Read($"/proc/{pid}/environ").Split('\0').Contains(variable, StringComparer.Ordinal))];

    /// <summary>Processes below another one, each with its start time: numbers are used again.</summary>
    internal static IReadOnlyList<(int Pid, string Started)> Descendants(int pid)
    {
        var parents = Processes().Select(one => (Pid: one, Fields: Stat(one))).Where(one => one.Fields.Length > 20)
            .ToLookup(one => int.Parse(one.Fields[1], CultureInfo.InvariantCulture), one => (one.Pid, one.Fields[19]));
        List<(int, string)> found = [];
        Queue<int> queue = new([pid]);
        while (queue.TryDequeue(out var next))
        {
            foreach (var child in parents[next])
            {
                found.Add(child);
                queue.Enqueue(child.Pid);
            }
        }

        return found;
    }

    /// <summary>Whether it is still the process that it was.</summary>
    internal static bool IsAlive((int Pid, string Started) process) => Stat(process.Pid) is { Length: > 20 } fields && fields[19] == process.Started && fields[0] is not ("Z" or "X");

    /// <summary>How often a process has let go of the CPU: one that wakes up and sleeps again counts on.</summary>
    internal static long Switches(int pid) => Status(pid, "voluntary_ctxt_switches:");

    /// <summary>Bytes of memory that a process has had at most since <see cref="ForgetPeak"/>.</summary>
    internal static long PeakBytes(int pid) => Status(pid, "VmHWM:") * 1024;

    internal static long ResidentBytes(int pid) => Status(pid, "VmRSS:") * 1024;

    internal static void ForgetPeak(int pid) => File.WriteAllText($"/proc/{pid}/clear_refs", "5");

    /// <summary>Namespaces that processes are in and this one is not.</summary>
    internal static HashSet<string> ForeignNamespaces(IEnumerable<int> pids)
    {
        string[] kinds = ["net", "mnt", "pid", "ipc", "uts", "user", "cgroup"];
        HashSet<string> found = [.. pids.SelectMany(pid => kinds.Select(kind => Link($"/proc/{pid}/ns/{kind}"))).Where(link => link.Length > 0)];
        found.ExceptWith(kinds.Select(kind => Link($"/proc/self/ns/{kind}")));
        return found;
    }

    /// <summary>
    /// Namespaces that something else than a process within them keeps: a descriptor or a mount. Their numbers are used again at once, so
    /// that a process is in one of the same number says nothing.
    /// </summary>
    private static IEnumerable<string> HeldNamespaces() => Processes()
        .SelectMany(pid => Entries($"/proc/{pid}/fd").Select(Link).Where(link => link.Contains(":[", StringComparison.Ordinal)).Select(link => link[(link.LastIndexOf('/') + 1)..])
            .Concat(Read($"/proc/{pid}/mountinfo").Split('\n').Where(line => line.Contains(" - nsfs ", StringComparison.Ordinal)).Select(line => line.Split(' ')[3])));

    /// <summary>All that a region with this data folder has on the machine beside the folder's lasting contents.</summary>
    /// <param name="dataDirectory">The region's folder.</param>
    /// <param name="known">Processes that it had started.</param>
    /// <param name="namespaces">Namespaces that it had made.</param>
    internal static IEnumerable<string> Remains(string dataDirectory, IEnumerable<(int Pid, string Started)> known, IReadOnlySet<string> namespaces)
    {
        var group = CgroupName(dataDirectory);
        foreach (var process in known.Where(IsAlive))
        {
            yield return $"process {process.Pid} {Read($"/proc/{process.Pid}/cmdline").Replace('\0', ' ')}";
        }

        foreach (var pid in Processes())
        {
            if (Read($"/proc/{pid}/cgroup").Contains(group, StringComparison.Ordinal))
            {
                yield return $"process {pid} in {group}";
            }

            // Names of networks are mounts that all processes see.
            if (Read($"/proc/{pid}/mountinfo").Split('\n').Any(line =>
                line.Contains(dataDirectory, StringComparison.Ordinal) && !line.Contains(Path.Combine(dataDirectory, "run", "net"), StringComparison.Ordinal)))
            {
                yield return $"mounts of process {pid}";
            }
        }

        foreach (var left in HeldNamespaces().Intersect(namespaces))
        {
            yield return $"namespace {left}";
        }

        foreach (var left in Groups(dataDirectory).Select(folder => $"control group {folder}").Concat(LoopDevices(dataDirectory)))
        {
            yield return left;
        }

        var run = Path.Combine(dataDirectory, "run");
        foreach (var entry in Directory.Exists(run) ? Directory.EnumerateFileSystemEntries(run, "*", SearchOption.AllDirectories).Where(entry => !Lasting(run, entry)) : [])
        {
            yield return $"file {entry}";
        }
    }

    /// <summary>Control groups of workloads, in all hierarchies.</summary>
    internal static IEnumerable<string> WorkloadGroups(string dataDirectory) => Groups(dataDirectory).SelectMany(Directory.GetDirectories).Select(folder => $"control group {folder}");

    internal static IEnumerable<string> LoopDevices(string dataDirectory) => Directory.GetDirectories("/sys/block", "loop*")
        .Where(device => Read(device + "/loop/backing_file").StartsWith(dataDirectory, StringComparison.Ordinal)).Select(device => $"loop device {device}");

    private static IEnumerable<string> Groups(string dataDirectory) =>
        Directory.EnumerateDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup").Select(tree => Path.Combine(tree, CgroupName(dataDirectory))).Where(Directory.Exists);

    /// <summary>How the region names its control groups: after its run folder.</summary>
    internal static string CgroupName(string dataDirectory) =>
        "fogbank-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(dataDirectory, "run/process"))).AsSpan(0, 8));

    // The engine's folder, empty.
    private static bool Lasting(string run, string entry) => entry == Path.Combine(run, "process");

    private static char State(int pid) => Stat(pid) is { Length: > 0 } fields ? fields[0][0] : ' ';

    // What follows the name, which may hold anything: state, parent, …
    private static string[] Stat(int pid)
    {
        var text = Read($"/proc/{pid}/stat");
        var end = text.LastIndexOf(')');
        return end < 0 ? [] : text[(end + 2)..].Split(' ');
    }

    private static long Status(int pid, string name) => Read($"/proc/{pid}/status").Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture)).Single();

    private static string Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    internal static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
