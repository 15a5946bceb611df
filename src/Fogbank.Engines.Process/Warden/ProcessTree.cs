using System.Globalization;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Process.Warden;

/// <summary>The processes of a workload without control groups: everything below its first process, which adopts orphans.</summary>
internal sealed class ProcessTree(int firstProcess, long memoryBytes, string folder)
{
    private static readonly long TicksPerSecond = 100; // USER_HZ, fixed by the kernel's interface

    private long _maxMemory;
    private long _cpuTicks;

    /// <summary>It was killed for its memory.</summary>
    internal bool OutOfMemory { get; private set; }

    /// <summary>The command's own process.</summary>
    internal int MainProcess { get; } = Children().ToLookup(one => one.Parent, one => one.Pid)[firstProcess].FirstOrDefault();

    internal void Kill()
    {
        foreach (var pid in Descendants())
        {
            _ = Libc.Kill(pid, Const.SigKill);
        }
    }

    /// <summary>Kills a workload that has more memory than it may.</summary>
    internal void Watch()
    {
        if (Stats().MemoryBytes > memoryBytes)
        {
            OutOfMemory = true;
            Kill();
        }
    }

    internal ResourceUse Stats()
    {
        long memory = 0, ticks = 0;
        var count = 0;
        foreach (var pid in Descendants())
        {
            var stat = Stat(pid);
            if (stat.Length > 21)
            {
                count++;
                ticks += Number(stat[11]) + Number(stat[12]) + Number(stat[13]) + Number(stat[14]);
                memory += Number(stat[21]) * Environment.SystemPageSize;
            }
        }
        _maxMemory = Math.Max(_maxMemory, memory);
        _cpuTicks = Math.Max(_cpuTicks, ticks);
        return new() { MemoryBytes = memory, MaxMemoryBytes = _maxMemory, CpuMicroseconds = _cpuTicks * 1_000_000 / TicksPerSecond, Pids = count };
    }

    /// <summary>Removes what the workload had as its <c>/tmp</c>.</summary>
    internal void Remove()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private List<int> Descendants()
    {
        var children = Children().ToLookup(one => one.Parent, one => one.Pid);
        List<int> found = [.. children[firstProcess]];
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i]]);
        }
        return found;
    }

    private static IEnumerable<(int Pid, int Parent)> Children()
    {
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Stat(pid) is { Length: > 1 } stat)
            {
                yield return (pid, (int)Number(stat[1]));
            }
        }
    }

    /// <summary>The fields of <c>/proc/PID/stat</c> from the state on; the name before it can contain anything.</summary>
    private static string[] Stat(int pid)
    {
        var text = CgroupFile.TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")) ?? "";
        var end = text.LastIndexOf(')');
        return end < 0 ? [] : text[(end + 2)..].Split(' ');
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
