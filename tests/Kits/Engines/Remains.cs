using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>What a warden could leave on the machine, looked up from outside.</summary>
internal static class Remains
{
    private static readonly string[] Hierarchies = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/freezer", "/sys/fs/cgroup/cpuacct"];

    /// <summary>Control groups of the warden of a run directory, and those of its workloads.</summary>
    internal static IEnumerable<string> Cgroups(string runDirectory)
    {
        var name = "fogbank-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(runDirectory)).AsSpan(0, 8));
        return Hierarchies.Select(hierarchy => Path.Combine(hierarchy, name)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetDirectories(folder).Append(folder));
    }

    /// <summary>Loop devices whose image is below a folder.</summary>
    internal static IEnumerable<string> LoopDevices(string folder) => Directory.GetDirectories("/sys/block", "loop*")
        .Select(device => Path.Combine(device, "loop/backing_file")).Where(file => TryRead(file).StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Processes that live below another one.</summary>
    internal static IEnumerable<int> Descendants(int pid)
    {
        var parents = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => (Pid: int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture), Stat: TryRead($"/proc/{name}/stat")))
            .Where(one => one.Stat.Length > 0)
            .Select(one => (one.Pid, Parent: int.Parse(one.Stat[(one.Stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)))
            .ToLookup(one => one.Parent, one => one.Pid);
        Queue<int> queue = new([pid]);
        while (queue.TryDequeue(out var next))
        {
            foreach (var child in parents[next])
            {
                yield return child;
                queue.Enqueue(child);
            }
        }
    }

    /// <summary>Mount points of this machine's main namespace below a folder.</summary>
    internal static IEnumerable<string> Mounts(string folder) =>
        File.ReadLines("/proc/self/mounts").Where(line => line.Contains(folder, StringComparison.Ordinal));

    /// <summary>Network and mount namespaces that some process is in.</summary>
    internal static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid}") && !TryRead($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
