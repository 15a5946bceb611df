using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux;

/// <summary>Judges what this machine and user allow.</summary>
internal static class IsolationJudge
{
    internal static (IsolationLevel Level, string Reason) Judge(bool disabled)
    {
        if (disabled)
        {
            return (IsolationLevel.None, "isolation is switched off");
        }
        if (Libc.GetUid() != 0)
        {
            return (IsolationLevel.None, "not running as root");
        }
        if (!OperatingSystem.IsLinux() || Environment.OSVersion.Version < new Version(5, 12))
        {
            return (IsolationLevel.None, "the kernel is older than Linux 5.12");
        }
        var cgroups = CgroupLayout.Detect();
        string[] missing = [.. ((string[])["memory", "cpu", "pids"]).Where(controller => !cgroups.Has(controller))];
        if (missing.Length > 0)
        {
            return (IsolationLevel.None, $"no control groups for {string.Join(", ", missing)}");
        }
        if (!CanUnshare())
        {
            return (IsolationLevel.None, "this machine lets even root make no namespaces (an unprivileged container?)");
        }
        return (IsolationLevel.Full, "root, with namespaces, control groups and a system-call filter");
    }

    /// <summary>Tries on a thread of its own, which ends with its namespace.</summary>
    private static bool CanUnshare()
    {
        var can = false;
        Thread thread = new(() => can = Libc.Syscall(Sys.Unshare, Const.CloneNewNs) == 0);
        thread.Start();
        thread.Join();
        return can;
    }
}
