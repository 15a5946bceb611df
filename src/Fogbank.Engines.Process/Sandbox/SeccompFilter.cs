using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fogbank.Engines.Process.Sandbox;

/// <summary>
/// The system-call filter of every isolated workload as a BPF program, assembled once. It denies what reaches into the kernel or into
/// other processes and what no function needs; the rest passes. Denied calls fail with EPERM, so that programs which only try go on.
/// </summary>
internal static class SeccompFilter
{
    private const ushort Load = 0x20, JumpEqual = 0x15, JumpGreaterOrEqual = 0x35, JumpSet = 0x45, And = 0x54, Return = 0x06;
    private const uint Allow = 0x7fff0000, Errno = 0x00050000, KillProcess = 0x80000000;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, ArgumentsOffset = 16;
    private const int EPerm = 1, ENoSys = 38;

    // CLONE_NEW* for time, mount, control group, UTS, IPC, user, pid and network namespaces
    private const uint NamespaceFlags = 0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000;

    /// <summary>The program for the architecture that runs: an array of <c>struct sock_filter</c>.</summary>
    internal static byte[] Current { get; } = Build(RuntimeInformation.ProcessArchitecture);

    internal static byte[] Build(Architecture architecture)
    {
        var x64 = architecture == Architecture.X64;
        Assembler code = new();
        code.Emit(Load, ArchitectureOffset);
        code.Emit(JumpEqual, x64 ? 0xc000003eu : 0xc00000b7u, 1, 0);
        code.Emit(Return, KillProcess); // a foreign architecture's numbers mean other calls
        code.Emit(Load, NumberOffset);
        if (x64)
        {
            code.Emit(JumpGreaterOrEqual, 0x40000000, 0, 1); // the x32 numbers
            code.Emit(Return, Errno | ENoSys);
        }
        // glibc falls back to clone, whose flags can be seen; those of clone3 are behind a pointer.
        code.Deny(435, ENoSys);
        foreach (var number in Denied(x64))
        {
            code.Deny(number, EPerm);
        }
        code.DenyWhenArgumentHas(x64 ? 56u : 220u, 0, NamespaceFlags & ~0x80u); // clone; its low byte is the exit signal
        code.DenyWhenArgumentHas(x64 ? 272u : 97u, 0, NamespaceFlags); // unshare
        Terminal(code, x64 ? 16u : 29u);
        Socket(code, x64 ? 41u : 198u);
        Socket(code, x64 ? 53u : 199u); // socketpair
        code.Emit(Return, Allow);
        return code.ToArray();
    }

    private static IEnumerable<uint> Denied(bool x64)
    {
        // Both architectures, generic numbers: pidfd_getfd, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr,
        // io_uring_setup, _enter, _register, process_madvise, process_mrelease, memfd_secret, open_tree_attr, statmount, listmount
        uint[] shared = [438, 428, 429, 430, 431, 432, 433, 442, 425, 426, 427, 440, 448, 447, 467, 457, 458];
        // ptrace, process_vm_readv, process_vm_writev, kcmp, mount, umount2, pivot_root, chroot, swapon, swapoff, reboot, setns,
        // init_module, finit_module, delete_module, kexec_load, kexec_file_load, bpf, perf_event_open, userfaultfd, add_key, request_key,
        // keyctl, acct, quotactl, quotactl_fd, syslog, settimeofday, clock_settime, adjtimex, clock_adjtime, sethostname, setdomainname,
        // vhangup, lookup_dcookie, name_to_handle_at, open_by_handle_at, fanotify_init, mbind, set_mempolicy, migrate_pages, move_pages
        uint[] own = x64
            ? [101, 310, 311, 312, 165, 166, 155, 161, 167, 168, 169, 308, 175, 313, 176, 246, 320, 321, 298, 323, 248, 249,
                250, 163, 179, 443, 103, 164, 227, 159, 305, 170, 171, 153, 212, 303, 304, 300, 237, 238, 256, 279,
                172, 173, 139, 154, 134, 174, 177, 178, 180, 156] // iopl, ioperm, sysfs, modify_ldt, uselib, create_module, ...
            : [117, 270, 271, 272, 40, 39, 41, 51, 224, 225, 142, 268, 105, 273, 106, 104, 294, 280, 241, 282, 217, 218,
                219, 89, 60, 443, 116, 170, 112, 171, 266, 161, 162, 58, 18, 264, 265, 262, 235, 237, 238, 239];
        return shared.Concat(own);
    }

    // TIOCSTI and TIOCLINUX push characters into a terminal's input.
    private static void Terminal(Assembler code, uint ioctl)
    {
        code.Emit(JumpEqual, ioctl, 0, 5);
        code.Emit(Load, ArgumentsOffset + 8);
        code.Emit(JumpEqual, 0x5412, 1, 0);
        code.Emit(JumpEqual, 0x541c, 0, 1);
        code.Emit(Return, Errno | EPerm);
        code.Emit(Return, Allow);
    }

    /// <summary>Lets only local, internet and routing sockets through, and raw ones of none but the routing family.</summary>
    private static void Socket(Assembler code, uint number)
    {
        code.Emit(JumpEqual, number, 0, 16);
        code.Emit(Load, ArgumentsOffset);
        code.Emit(JumpEqual, 1, 9, 0); // AF_UNIX
        code.Emit(JumpEqual, 2, 3, 0); // AF_INET
        code.Emit(JumpEqual, 10, 2, 0); // AF_INET6
        code.Emit(JumpEqual, 16, 7, 0); // AF_NETLINK: its protocol is looked at below
        code.Emit(Return, Errno | EPerm);
        code.Emit(Load, ArgumentsOffset + 8);
        code.Emit(And, 0xf);
        code.Emit(JumpEqual, 3, 1, 0); // SOCK_RAW
        code.Emit(JumpEqual, 10, 0, 1); // SOCK_PACKET
        code.Emit(Return, Errno | EPerm);
        code.Emit(Return, Allow);
        code.Emit(Load, ArgumentsOffset + 16);
        code.Emit(JumpEqual, 0, 0, 1); // NETLINK_ROUTE
        code.Emit(Return, Allow);
        code.Emit(Return, Errno | EPerm);
    }

    private sealed class Assembler
    {
        private readonly List<byte> _code = [];

        internal void Emit(ushort operation, uint value, byte whenTrue = 0, byte whenFalse = 0)
        {
            Span<byte> instruction = stackalloc byte[8];
            BinaryPrimitives.WriteUInt16LittleEndian(instruction, operation);
            instruction[2] = whenTrue;
            instruction[3] = whenFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], value);
            _code.AddRange(instruction);
        }

        internal void Deny(uint number, uint errno)
        {
            Emit(JumpEqual, number, 0, 1);
            Emit(Return, Errno | errno);
        }

        internal void DenyWhenArgumentHas(uint number, uint argument, uint bits)
        {
            Emit(JumpEqual, number, 0, 4);
            Emit(Load, ArgumentsOffset + (argument * 8));
            Emit(JumpSet, bits, 0, 1);
            Emit(Return, Errno | EPerm);
            Emit(Return, Allow);
        }

        internal byte[] ToArray() => [.. _code];
    }
}
