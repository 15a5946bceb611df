namespace Fogbank.Engines.Linux.Native;

/// <summary>A mount namespace for one thread: what it mounts nobody else sees, and it is gone with the thread.</summary>
internal static unsafe class PrivateMounts
{
    /// <summary>Puts the calling thread into one of its own. What the host unmounts later goes here, too, so that nothing is held on to.</summary>
    internal static void Enter()
    {
        fixed (byte* root = "/\0"u8, none = "none\0"u8)
        {
            if (Libc.Syscall(Sys.Unshare, Const.CloneNewNs) < 0
                || Libc.Syscall(Sys.Mount, (long)none, (long)root, 0, Const.MsRec | Const.MsSlave) < 0)
            {
                throw new EngineException(EngineErrorKind.Unsupported, $"A mount namespace could not be made: {Libc.Describe(Libc.Errno)}.");
            }
        }
    }

    /// <summary>Attaches a mount that is attached nowhere yet, whose descriptor may be of no use afterwards.</summary>
    internal static void Attach(int mount, string target, bool close)
    {
        fixed (byte* empty = "\0"u8, path = System.Text.Encoding.UTF8.GetBytes(target + "\0"))
        {
            var result = Libc.Syscall(Sys.MoveMount, mount, (long)empty, Const.AtFdCwd, (long)path, Const.MoveMountFromEmptyPath);
            if (close)
            {
                _ = Libc.Close(mount);
            }
            if (result < 0)
            {
                throw new EngineException(EngineErrorKind.StartFailed, $"A file system could not be attached at {target}: {Libc.Describe(Libc.Errno)}.");
            }
        }
    }

    /// <summary>Takes away what is mounted at a path; what is in use there goes later.</summary>
    internal static void Detach(string target)
    {
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(target + "\0"))
        {
            _ = Libc.Syscall(Sys.Umount2, (long)path, Const.MntDetach);
        }
    }
}
