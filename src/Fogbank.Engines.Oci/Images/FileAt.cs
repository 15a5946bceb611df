using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// System calls on one name in an open folder. Names end with NUL and, where not said otherwise, contain no slash: the kernel follows
/// nothing on the way to them. Results are the kernel's.
/// </summary>
internal static unsafe class FileAt
{
    internal const int SymlinkNoFollow = 0x100, EmptyPath = 0x1000;
    internal const int TypeMask = 0xf000, Fifo = 0x1000, CharDevice = 0x2000, Folder = 0x4000, Regular = 0x8000, Link = 0xa000;
    internal const int OCreat = 0x40, OExcl = 0x80, OPath = 0x200000;
    internal static readonly int ONoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>A folder below <paramref name="root"/>; symbolic links on the way are followed as long as they stay below it.</summary>
    internal static int OpenBeneath(int root, ReadOnlySpan<byte> path, int flags)
    {
        const ulong noOtherMount = 1, noMagicLinks = 2, beneath = 8;
        Span<ulong> how = [(ulong)(uint)(flags | Const.OCloExec), 0, noOtherMount | noMagicLinks | beneath];
        fixed (byte* name = path)
        fixed (ulong* structure = how)
        {
            // A rename anywhere on the machine can be in the way of a look-up with "..": EAGAIN, to be tried again.
            for (var attempt = 0; ; attempt++)
            {
                var fd = (int)Libc.Syscall(Sys.OpenAt2, root, (long)name, (long)structure, 24);
                if (fd >= 0 || Libc.Errno is not (Const.EAgain or Const.EIntr) || attempt == 1000)
                {
                    return fd;
                }
            }
        }
    }

    internal static int Open(int folder, ReadOnlySpan<byte> name, int flags, int mode = 0)
    {
        fixed (byte* pointer = name)
        {
            int fd;
            do
            {
                fd = (int)Libc.Syscall(Sys.OpenAt, folder, (long)pointer, flags | ONoFollow | Const.OCloExec, mode);
            }
            while (fd < 0 && Libc.Errno == Const.EIntr);
            return fd;
        }
    }

    internal static int MakeFolder(int folder, ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* pointer = name)
        {
            return (int)Libc.Syscall(Sys.MkdirAt, folder, (long)pointer, mode);
        }
    }

    /// <summary>A fifo, or with <see cref="CharDevice"/> the device 0:0, which overlay file systems take for "deleted".</summary>
    internal static int MakeNode(int folder, ReadOnlySpan<byte> name, int typeAndMode)
    {
        fixed (byte* pointer = name)
        {
            return (int)Libc.Syscall(Sys.MknodAt, folder, (long)pointer, typeAndMode);
        }
    }

    internal static int MakeLink(int folder, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        fixed (byte* pointer = name, to = target)
        {
            return (int)Libc.Syscall(Sys.SymlinkAt, (long)to, folder, (long)pointer);
        }
    }

    internal static int HardLink(int targetFolder, ReadOnlySpan<byte> target, int folder, ReadOnlySpan<byte> name)
    {
        fixed (byte* pointer = name, to = target)
        {
            return (int)Libc.Syscall(Sys.LinkAt, targetFolder, (long)to, folder, (long)pointer);
        }
    }

    internal static int Unlink(int folder, ReadOnlySpan<byte> name, bool isFolder)
    {
        fixed (byte* pointer = name)
        {
            return (int)Libc.Syscall(Sys.UnlinkAt, folder, (long)pointer, isFolder ? Const.AtRemoveDir : 0);
        }
    }

    internal static int Rename(int from, ReadOnlySpan<byte> name, int to, ReadOnlySpan<byte> newName)
    {
        fixed (byte* pointer = name, other = newName)
        {
            return (int)Libc.Syscall(Sys.RenameAt2, from, (long)pointer, to, (long)other);
        }
    }

    internal static int ChangeOwner(int folder, ReadOnlySpan<byte> name, uint user, uint group)
    {
        fixed (byte* pointer = name)
        {
            return (int)Libc.Syscall(Sys.FchownAt, folder, (long)pointer, user, group, SymlinkNoFollow);
        }
    }

    /// <summary>Not for symbolic links: the kernel's call would follow them.</summary>
    internal static int ChangeMode(int folder, ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* pointer = name)
        {
            return (int)Libc.Syscall(Sys.FchmodAt, folder, (long)pointer, mode);
        }
    }

    /// <summary>Sets the time of the last change (and of the last access to the same); of the open file itself where the name is empty.</summary>
    internal static int SetTime(int folder, ReadOnlySpan<byte> name, long seconds, int nanoseconds)
    {
        Span<long> times = [seconds, nanoseconds, seconds, nanoseconds];
        fixed (byte* pointer = name)
        fixed (long* values = times)
        {
            // Without a name the descriptor's own file is meant.
            return (int)Libc.Syscall(Sys.UtimensAt, folder, (long)pointer, (long)values, name.IsEmpty ? 0 : SymlinkNoFollow);
        }
    }

    internal static int SetAttribute(int fd, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* name = attribute, bytes = value)
        {
            return (int)Libc.Syscall(Sys.FsetXattr, fd, (long)name, (long)bytes, value.Length, 0);
        }
    }

    /// <summary>What an open file is.</summary>
    internal static FileFacts Stat(int fd) => TryStat(fd, "\0"u8, out var facts, EmptyPath) ? facts : throw LayerErrors.Failed("looking", "itself"u8);

    /// <summary>What <paramref name="name"/> is; false, with the error in errno, where it is not there.</summary>
    internal static bool TryStat(int folder, ReadOnlySpan<byte> name, out FileFacts facts, int flags = 0)
    {
        const int basicStats = 0x7ff;
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = name, structure = buffer)
        {
            if (Libc.Syscall(Sys.Statx, folder, (long)pointer, SymlinkNoFollow | flags, basicStats, (long)structure) < 0)
            {
                facts = default;
                return false;
            }
        }
        facts = new(Read<ushort>(buffer, 28), Read<uint>(buffer, 20), Read<uint>(buffer, 24), Read<ulong>(buffer, 32), Read<uint>(buffer, 128), Read<uint>(buffer, 132));
        return true;

        static T Read<T>(Span<byte> from, int at) where T : struct => Unsafe.ReadUnaligned<T>(ref from[at]);
    }
}
