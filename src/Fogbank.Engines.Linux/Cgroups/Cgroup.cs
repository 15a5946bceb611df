using System.Globalization;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Cgroups;

/// <summary>One workload's control groups. On hybrid machines limits are in version 1, freezing and CPU time in version 2.</summary>
internal sealed class Cgroup(string? unified, Dictionary<string, string> v1, IReadOnlySet<string> unifiedControllers)
{
    // Short periods keep the pauses of small shares short: a share of 7 % runs 1.4 ms in each 20 ms, not 7 ms in each 100.
    private const int PeriodMicroseconds = 20_000;

    private long _maxMemory;

    /// <summary>The version 2 folder, which a process is cloned into, or null.</summary>
    internal string? Unified => unified;

    /// <summary>The files to which a process writes <c>0</c> to place itself: cheap, where moving another process is not.</summary>
    internal IEnumerable<string> PlacementFiles => v1.Values.Distinct().Select(folder => Path.Combine(folder, "tasks"));

    internal bool CanFreeze => unified is not null || v1.ContainsKey("freezer");

    internal void Create(long memoryBytes, int? cpuMillis, int maxPids)
    {
        foreach (var folder in v1.Values.Distinct())
        {
            CgroupTree.MakeFolder(folder);
        }
        if (unified is not null)
        {
            CgroupTree.MakeFolder(unified);
        }
        Limit(memoryBytes, cpuMillis, maxPids);
    }

    /// <summary>Sets limits; null leaves one as it is.</summary>
    internal void Limit(long? memoryBytes, int? cpuMillis, int? maxPids)
    {
        if (memoryBytes is { } most)
        {
            LimitMemory(most.ToString(CultureInfo.InvariantCulture));
        }
        var pidsFolder = v1.GetValueOrDefault("pids") ?? (unifiedControllers.Contains("pids") ? unified : null);
        if (pidsFolder is not null && maxPids is { } pids)
        {
            CgroupFile.Write(Path.Combine(pidsFolder, "pids.max"), pids.ToString(CultureInfo.InvariantCulture));
        }
        if (cpuMillis is not null)
        {
            SetCpu(cpuMillis);
        }
    }

    /// <summary>Weights and what is left when memory gets short; version 1 only. Null leaves one as it is.</summary>
    internal void Weigh(int? cpuShares, long? memoryReservationBytes)
    {
        if (cpuShares is { } shares && v1.TryGetValue("cpu", out var cpu))
        {
            CgroupFile.Write(Path.Combine(cpu, "cpu.shares"), shares.ToString(CultureInfo.InvariantCulture));
        }
        if (memoryReservationBytes is { } reservation && v1.TryGetValue("memory", out var memory))
        {
            CgroupFile.Write(Path.Combine(memory, "memory.soft_limit_in_bytes"), reservation.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void LimitMemory(string bytes)
    {
        if (v1.TryGetValue("memory", out var memory))
        {
            CgroupFile.Write(Path.Combine(memory, "memory.limit_in_bytes"), bytes);
            _ = CgroupFile.TryWrite(Path.Combine(memory, "memory.memsw.limit_in_bytes"), bytes); // absent without swap accounting
        }
        else if (unifiedControllers.Contains("memory"))
        {
            CgroupFile.Write(Path.Combine(unified!, "memory.max"), bytes);
            _ = CgroupFile.TryWrite(Path.Combine(unified!, "memory.swap.max"), "0");
        }
    }

    /// <summary>Limits CPU time to thousandths of a CPU, or lifts the limit.</summary>
    internal void SetCpu(int? cpuMillis)
    {
        var (quota, period) = cpuMillis is { } millis ? Quota(millis) : (-1, PeriodMicroseconds);
        if (v1.TryGetValue("cpu", out var cpu))
        {
            CgroupFile.Write(Path.Combine(cpu, "cpu.cfs_period_us"), period.ToString(CultureInfo.InvariantCulture));
            CgroupFile.Write(Path.Combine(cpu, "cpu.cfs_quota_us"), quota.ToString(CultureInfo.InvariantCulture));
        }
        else if (unifiedControllers.Contains("cpu"))
        {
            var text = quota < 0 ? "max" : quota.ToString(CultureInfo.InvariantCulture);
            CgroupFile.Write(Path.Combine(unified!, "cpu.max"), $"{text} {period}");
        }
        else
        {
            throw new EngineException(EngineErrorKind.Unsupported, "This machine has no control group for CPU time.");
        }
    }

    /// <summary>Microseconds that may run in each period, and its length.</summary>
    internal static (long Quota, int Period) Quota(int cpuMillis)
    {
        // The kernel takes no quota below 1 ms, so very small shares get a longer period.
        var period = Math.Min((long)cpuMillis * PeriodMicroseconds < 1_000_000 ? 1_000_000 / cpuMillis : PeriodMicroseconds, 1_000_000);
        return (Math.Max(1000, (long)cpuMillis * period / 1000), period);
    }

    /// <summary>Lifts the limit of CPU time if that can be done: a thousand processes that were killed need it to end.</summary>
    internal void TryLiftCpu()
    {
        if (v1.TryGetValue("cpu", out var cpu))
        {
            _ = CgroupFile.TryWrite(Path.Combine(cpu, "cpu.cfs_quota_us"), "-1");
        }
        else if (unified is not null)
        {
            _ = CgroupFile.TryWrite(Path.Combine(unified, "cpu.max"), "max");
        }
    }

    /// <summary>Limits CPU time again after <see cref="TryLiftCpu"/>, if that can be done.</summary>
    internal void TryLimitCpu(int cpuMillis)
    {
        var (quota, period) = Quota(cpuMillis);
        if (v1.TryGetValue("cpu", out var cpu))
        {
            _ = CgroupFile.TryWrite(Path.Combine(cpu, "cpu.cfs_quota_us"), quota.ToString(CultureInfo.InvariantCulture));
        }
        else if (unified is not null)
        {
            _ = CgroupFile.TryWrite(Path.Combine(unified, "cpu.max"), string.Create(CultureInfo.InvariantCulture, $"{quota} {period}"));
        }
    }

    /// <summary>Lets no process be made any more, if that can be done: what is being killed must not grow meanwhile.</summary>
    internal void TryForbidForks()
    {
        if (v1.TryGetValue("pids", out var pids))
        {
            _ = CgroupFile.TryWrite(Path.Combine(pids, "pids.max"), "0");
        }
        else if (unified is not null)
        {
            _ = CgroupFile.TryWrite(Path.Combine(unified, "pids.max"), "0");
        }
    }

    /// <summary>Suspends or resumes every process of the workload.</summary>
    internal void Freeze(bool frozen)
    {
        if (unified is not null)
        {
            CgroupFile.Write(Path.Combine(unified, "cgroup.freeze"), frozen ? "1" : "0");
        }
        else if (v1.TryGetValue("freezer", out var freezer))
        {
            CgroupFile.Write(Path.Combine(freezer, "freezer.state"), frozen ? "FROZEN" : "THAWED");
        }
        else
        {
            throw new EngineException(EngineErrorKind.Unsupported, "This machine has no control group that freezes.");
        }
    }

    /// <summary>Resumes every process if that can be done: a frozen one does not hear signals.</summary>
    internal void TryThaw()
    {
        if (unified is not null)
        {
            _ = CgroupFile.TryWrite(Path.Combine(unified, "cgroup.freeze"), "0");
        }
        else if (v1.TryGetValue("freezer", out var freezer))
        {
            _ = CgroupFile.TryWrite(Path.Combine(freezer, "freezer.state"), "THAWED");
        }
    }

    /// <summary>How often the kernel killed for want of memory.</summary>
    internal long OutOfMemoryKills() =>
        v1.TryGetValue("memory", out var memory) ? CgroupFile.ReadField(Path.Combine(memory, "memory.oom_control"), "oom_kill")
        : unifiedControllers.Contains("memory") ? CgroupFile.ReadField(Path.Combine(unified!, "memory.events"), "oom_kill")
        : 0;

    /// <summary>Processes of the workload, by their numbers outside.</summary>
    internal IEnumerable<int> Processes()
    {
        var folder = unified ?? v1.Values.FirstOrDefault();
        foreach (var line in (folder is null ? "" : CgroupFile.TryRead(Path.Combine(folder, "cgroup.procs")) ?? "").Split('\n'))
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                yield return pid;
            }
        }
    }

    internal ResourceUse Stats()
    {
        long used = 0, peak = 0, cache = 0;
        if (v1.TryGetValue("memory", out var memory))
        {
            used = CgroupFile.ReadNumber(Path.Combine(memory, "memory.usage_in_bytes"));
            peak = CgroupFile.ReadNumber(Path.Combine(memory, "memory.max_usage_in_bytes"));
            cache = FileCache(Path.Combine(memory, "memory.stat"));
        }
        else if (unifiedControllers.Contains("memory"))
        {
            used = CgroupFile.ReadNumber(Path.Combine(unified!, "memory.current"));
            peak = Math.Max(used, CgroupFile.ReadNumber(Path.Combine(unified!, "memory.peak")));
            cache = FileCache(Path.Combine(unified!, "memory.stat"));
        }
        // The kernel's peak counts file cache, which it would give back at once; what is left without today's cache is the nearest
        // honest figure for what the workload needed.
        _maxMemory = Math.Max(_maxMemory, Math.Max(used, peak) - cache);
        var microseconds = unified is not null
            ? CgroupFile.ReadField(Path.Combine(unified, "cpu.stat"), "usage_usec")
            : v1.TryGetValue("cpuacct", out var cpuacct) ? CgroupFile.ReadNumber(Path.Combine(cpuacct, "cpuacct.usage")) / 1000 : 0;
        var pids = v1.GetValueOrDefault("pids") ?? (unifiedControllers.Contains("pids") ? unified : null);
        var (read, written) = v1.TryGetValue("blkio", out var blkio)
            ? BlockBytes(CgroupFile.TryRead(Path.Combine(blkio, "blkio.throttle.io_service_bytes")))
            : unifiedControllers.Contains("io") ? BlockBytes(CgroupFile.TryRead(Path.Combine(unified!, "io.stat"))) : default;
        return new()
        {
            BlockReadBytes = read,
            BlockWrittenBytes = written,
            MemoryBytes = used,
            MaxMemoryBytes = _maxMemory,
            CpuMicroseconds = microseconds,
            Pids = pids is null ? 0 : (int)CgroupFile.ReadNumber(Path.Combine(pids, "pids.current")),
        };
    }

    /// <summary>Removes the groups; false while processes are still leaving them.</summary>
    internal bool TryRemove()
    {
        var gone = true;
        foreach (var folder in v1.Values.Distinct().Append(unified))
        {
            gone &= folder is null || Libc.RemoveDirectory(folder) == 0 || Libc.Errno == Const.ENoEnt;
        }
        return gone;
    }

    /// <summary>Sums over all devices: lines <c>8:0 Read 4096</c> in version 1, <c>8:0 rbytes=4096 wbytes=0</c> in version 2.</summary>
    internal static (long Read, long Written) BlockBytes(string? text)
    {
        long read = 0, written = 0;
        foreach (var line in (text ?? "").Split('\n'))
        {
            var fields = line.Split(' ');
            if (fields.Length == 3 && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            {
                read += fields[1] == "Read" ? bytes : 0;
                written += fields[1] == "Write" ? bytes : 0;
                continue;
            }
            foreach (var field in fields)
            {
                if (field.StartsWith("rbytes=", StringComparison.Ordinal))
                {
                    read += long.Parse(field.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture);
                }
                else if (field.StartsWith("wbytes=", StringComparison.Ordinal))
                {
                    written += long.Parse(field.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture);
                }
            }
        }
        return (read, written);
    }

    private static long FileCache(string path)
    {
        var text = CgroupFile.TryRead(path);
        return CgroupFile.Field(text, "inactive_file") + CgroupFile.Field(text, "active_file");
    }
}
