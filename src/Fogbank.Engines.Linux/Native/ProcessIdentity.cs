using System.Globalization;

namespace Fogbank.Engines.Linux.Native;

/// <summary>Names a process for good: a number alone is given away again after its process has ended.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartTicks">Clock ticks between the machine's start and its own.</param>
/// <param name="BootId">Which start of the machine.</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    private static readonly string Boot = File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    /// <summary>That of a process that lives, or is not reaped yet; null where there is none.</summary>
    internal static ProcessIdentity? Of(int pid) => TicksOf(pid) is { } ticks ? new(pid, ticks, Boot) : null;

    /// <summary>A handle on the process, or -1 when it is gone. The caller closes it.</summary>
    internal int Open()
    {
        if (BootId != Boot)
        {
            return -1;
        }
        var fd = (int)Libc.Syscall(Sys.PidfdOpen, Pid);
        if (fd >= 0 && TicksOf(Pid) != StartTicks)
        {
            _ = Libc.Close(fd);
            return -1;
        }
        return fd;
    }

    private static long? TicksOf(int pid)
    {
        var stat = Cgroups.CgroupFile.TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        if (stat is null || stat.LastIndexOf(')') is var end && end < 0)
        {
            return null;
        }
        var fields = stat[(end + 2)..].Split(' ');
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : null;
    }
}
