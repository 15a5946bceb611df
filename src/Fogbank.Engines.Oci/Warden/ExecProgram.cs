using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>The system calls that become a further process of a container: its control groups, namespaces, user, rights and filter.</summary>
internal static class ExecProgram
{
    private static readonly string[] Capabilities =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST",
        "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM",
        "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    private const int PrSetKeepCapabilities = 8;

    internal static LaunchProgram Write(
        ExecBundle bundle, string program, IReadOnlyList<string> command, int error, int input, int output, ReadOnlySpan<int> groups, ReadOnlySpan<int> namespaces)
    {
        LaunchProgram code = new();
        code.Call("close program", Sys.Close, 3);
        code.Call("not dumpable", Sys.Prctl, Const.PrSetDumpable, 0);
        var zero = code.Text("0");
        foreach (var fd in groups)
        {
            code.Call("control group", Sys.Write, fd, zero, 1);
        }
        foreach (var fd in namespaces)
        {
            code.Call("namespace", Sys.SetNs, fd, 0);
        }
        code.Call("session", Sys.SetSid);
        code.Call("stdin", Sys.Dup3, input, 0, 0);
        code.Call("stdout", Sys.Dup3, output, 1, 0);
        code.Call("stderr", Sys.Dup3, output, 2, 0);
        code.Call("close on exec", Sys.CloseRange, 3, uint.MaxValue, 4);
        foreach (var (name, soft, hard) in bundle.Limits)
        {
            code.Call("limit of " + name, Sys.Prlimit, 0, ResourceLimits.NumberOf(name), code.Longs((long)soft, (long)hard), 0);
        }
        code.Call("umask", Sys.Umask, 0x12);
        // While it still has the right to: the filter lets through what follows.
        var filter = SeccompProfile.Of(bundle.Bounding);
        code.Call("system-call filter", Sys.Seccomp, 1, 0, code.Longs(filter.Length / 8, code.Bytes(filter)));
        var last = (int)CgroupFile.ReadNumber("/proc/sys/kernel/cap_last_cap");
        for (var capability = 0; capability <= last; capability++)
        {
            if (capability >= Capabilities.Length || !bundle.Bounding.Contains("CAP_" + Capabilities[capability]))
            {
                code.Call("bounding set", Sys.Prctl, Const.PrCapBoundingSetDrop, capability);
            }
        }
        code.Call("keep capabilities", Sys.Prctl, PrSetKeepCapabilities, 1);
        code.Call("groups", Sys.SetGroups, bundle.Groups.Count, code.Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<uint>(bundle.Groups.ToArray())));
        code.Call("setresgid", Sys.SetResGid, bundle.Gid, bundle.Gid, bundle.Gid);
        code.Call("setresuid", Sys.SetResUid, bundle.Uid, bundle.Uid, bundle.Uid);
        var held = Capabilities.Select((name, index) => bundle.Effective.Contains("CAP_" + name) ? 1L << index : 0).Sum();
        var (low, high) = (held & 0xffffffff, held >>> 32);
        // struct cap_user_header {version 3, pid 0}; struct cap_user_data[2] {effective, permitted, inheritable}
        code.Call("capabilities", Sys.CapSet, code.Longs(0x20080522), code.Longs(low | (low << 32), high << 32, high));
        code.Call("working directory", Sys.Chdir, code.Text(bundle.WorkingDirectory));
        code.Call("execute", Sys.Execve, code.Text(program), code.Texts(command), code.Texts(bundle.Environment));
        code.Fail(error);
        return code;
    }
}
