using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// The system-call filter of containers. It denies what reaches into the kernel or past the container, as far as the container's
/// capabilities do not ask for it, and all calls that are newer than this list; the rest passes. Assembled here, once for each set of
/// capabilities: the OCI runtime's own compiler takes longer than everything else of a start.
/// </summary>
internal static class SeccompProfile
{
    /// <summary>The first call of which nothing is known here.</summary>
    private const uint FirstUnknown = 470;

    private const uint NamespaceFlags = 0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000;

    private static readonly ConcurrentDictionary<string, byte[]> Made = new(StringComparer.Ordinal);

    /// <summary>Calls that are denied, by name and number (negative: the architecture has none), unless a capability is there.</summary>
    private static readonly Rule[] Rules =
    [
        new("acct", 163, 89),
        new("add_key", 248, 217),
        new("bpf", 321, 280),
        new("clock_settime", 227, 112, "CAP_SYS_TIME"),
        new("create_module", 174, -1),
        new("delete_module", 176, 106),
        new("fanotify_init", 300, 262),
        new("finit_module", 313, 273),
        new("fsconfig", 431, 431),
        new("fsmount", 432, 432),
        new("fsopen", 430, 430),
        new("fspick", 433, 433),
        new("get_kernel_syms", 177, -1),
        new("init_module", 175, 105),
        new("io_uring_enter", 426, 426),
        new("io_uring_register", 427, 427),
        new("io_uring_setup", 425, 425),
        new("ioperm", 173, -1),
        new("iopl", 172, -1),
        new("kcmp", 312, 272, "CAP_SYS_PTRACE"),
        new("kexec_file_load", 320, 294),
        new("kexec_load", 246, 104),
        new("keyctl", 250, 219),
        new("listmount", 458, 458),
        new("lookup_dcookie", 212, 18),
        new("mbind", 237, 235, "CAP_SYS_NICE"),
        new("migrate_pages", 256, 238, "CAP_SYS_NICE"),
        new("mount", 165, 40),
        new("mount_setattr", 442, 442),
        new("move_mount", 429, 429),
        new("move_pages", 279, 239, "CAP_SYS_NICE"),
        new("nfsservctl", 180, 42),
        new("open_by_handle_at", 304, 265, "CAP_DAC_READ_SEARCH"),
        new("open_tree", 428, 428),
        new("open_tree_attr", 467, 467),
        new("perf_event_open", 298, 241),
        new("pivot_root", 155, 41),
        new("process_vm_readv", 310, 270, "CAP_SYS_PTRACE"),
        new("process_vm_writev", 311, 271, "CAP_SYS_PTRACE"),
        new("query_module", 178, -1),
        new("quotactl", 179, 60),
        new("quotactl_fd", 443, 443),
        new("reboot", 169, 142),
        new("request_key", 249, 218),
        new("set_mempolicy", 238, 237, "CAP_SYS_NICE"),
        new("set_mempolicy_home_node", 450, 450, "CAP_SYS_NICE"),
        new("setdomainname", 171, 162),
        new("sethostname", 170, 161),
        new("setns", 308, 268),
        new("settimeofday", 164, 170, "CAP_SYS_TIME"),
        new("statmount", 457, 457),
        new("swapoff", 168, 225),
        new("swapon", 167, 224),
        new("sysfs", 139, -1),
        new("syslog", 103, 116),
        new("umount2", 166, 39),
        new("uselib", 134, -1),
        new("userfaultfd", 323, 282),
        new("ustat", 136, -1),
        new("vhangup", 153, 58, "CAP_SYS_TTY_CONFIG"),
        new("chroot", 161, 51, "CAP_SYS_CHROOT"),
    ];

    private sealed record Rule(string Name, int X64, int Arm64, string? Unless = null);

    /// <summary>The names of what is denied to a container with these capabilities, for runtimes that compile them.</summary>
    internal static IEnumerable<string> Denied(IReadOnlyList<string> capabilities) =>
        Rules.Where(rule => rule.Unless is null || !capabilities.Contains(rule.Unless)).Select(rule => rule.Name);

    /// <summary>The program for a container with these capabilities: an array of <c>struct sock_filter</c>.</summary>
    internal static byte[] Of(IReadOnlyList<string> capabilities) =>
        Made.GetOrAdd(string.Join(' ', capabilities.Order(StringComparer.Ordinal)), _ => Build(capabilities, RuntimeInformation.ProcessArchitecture));

    internal static byte[] Build(IReadOnlyList<string> capabilities, Architecture architecture)
    {
        var x64 = architecture == Architecture.X64;
        BpfAssembler code = new();
        code.Begin(x64);
        code.DenyFrom(FirstUnknown, BpfAssembler.NoSuchCall);
        // The C library falls back to clone, whose flags can be seen; those of clone3 are behind a pointer.
        code.Deny(435, BpfAssembler.NoSuchCall);
        foreach (var rule in Rules)
        {
            var number = x64 ? rule.X64 : rule.Arm64;
            if (number >= 0 && (rule.Unless is null || !capabilities.Contains(rule.Unless)))
            {
                code.Deny((uint)number, BpfAssembler.NotPermitted);
            }
        }
        code.DenyWhenArgumentHas(x64 ? 56u : 220u, 0, NamespaceFlags & ~0x80u); // clone; its low byte is the exit signal
        code.DenyWhenArgumentHas(x64 ? 272u : 97u, 0, NamespaceFlags); // unshare
        code.DenyWhenArgumentIs(x64 ? 41u : 198u, 0, 40); // socket, AF_VSOCK: it reaches past the network namespace
        code.DenyWhenArgumentIs(x64 ? 16u : 29u, 1, 0x5412); // ioctl, TIOCSTI pushes characters into a terminal's input
        code.DenyWhenArgumentIs(x64 ? 16u : 29u, 1, 0x541c); // TIOCLINUX
        code.Allow();
        return code.ToArray();
    }
}
