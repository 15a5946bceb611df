using System.Globalization;
using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Network;

/// <summary>
/// Network namespaces: made, entered for a moment, and kept alive under a name in the file system, so that they survive this process and
/// are found again.
/// </summary>
internal static unsafe partial class NamespaceFile
{
    private const long NamespaceFileSystem = 0x6e736673;

    /// <summary>The namespace that the calling thread is in.</summary>
    internal static int OpenCurrent() => Open("/proc/thread-self/ns/net");

    /// <summary>A new, empty namespace; the calling thread is where it was when this returns.</summary>
    internal static int Create(int home)
    {
        if (Libc.Syscall(Sys.Unshare, Const.CloneNewNet) < 0)
        {
            throw Failed("unshare");
        }
        try
        {
            return OpenCurrent();
        }
        finally
        {
            Enter(home);
        }
    }

    /// <summary>Moves the calling thread. Where that fails on the way back, nothing sensible can run on the thread any more.</summary>
    internal static void Enter(int descriptor)
    {
        if (Libc.Syscall(Sys.SetNs, descriptor, Const.CloneNewNet) < 0)
        {
            Environment.FailFast($"A network namespace could not be entered: {Libc.Describe(Libc.Errno)}.");
        }
    }

    /// <summary>Does something in a namespace and returns to <paramref name="home"/>.</summary>
    internal static T Inside<T>(int descriptor, int home, Func<T> action)
    {
        if (Libc.Syscall(Sys.SetNs, descriptor, Const.CloneNewNet) < 0)
        {
            throw Failed("setns");
        }
        try
        {
            return action();
        }
        finally
        {
            Enter(home);
        }
    }

    /// <summary>Gives a namespace a name. The folder must be one made by <see cref="PrepareFolder"/>.</summary>
    internal static void Pin(int descriptor, string path)
    {
        File.WriteAllBytes(path, []);
        using Text source = new(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")), target = new(path);
        if (Libc.Syscall(Sys.Mount, source.Pointer, target.Pointer, 0, Const.MsBind) < 0)
        {
            var failure = Failed("mount");
            File.Delete(path);
            throw failure;
        }
    }

    /// <summary>Takes a name away, and with it the namespace when nobody else holds it. Repeating it is harmless.</summary>
    internal static void Unpin(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }
        using Text target = new(path);
        // A crash between mount and note can leave more than one mount on top of each other.
        while (Libc.Syscall(Sys.Umount2, target.Pointer, Const.MntDetach) == 0)
        {
        }
        File.Delete(path);
    }

    /// <summary>Opens a named namespace; -1 where there is none, such as after the machine was started again.</summary>
    internal static int TryOpen(string path)
    {
        using Text text = new(path);
        var about = stackalloc long[32];
        if (StatFileSystem(text.Pointer, about) < 0 || about[0] != NamespaceFileSystem)
        {
            return -1;
        }
        return Libc.Open(path, Const.ORdOnly | Const.OCloExec);
    }

    /// <summary>
    /// Makes a folder in which names can be given. It is a mount of its own that passes changes on: a copy of the mounts that somebody
    /// took for a container would otherwise keep a namespace alive after its name is gone.
    /// </summary>
    internal static void PrepareFolder(string path)
    {
        Directory.CreateDirectory(path);
        const long shared = 1 << 20;
        using Text text = new(path);
        if (Libc.Syscall(Sys.Mount, 0, text.Pointer, 0, shared | Const.MsRec) == 0)
        {
            return; // it was one already
        }
        if (Libc.Syscall(Sys.Mount, text.Pointer, text.Pointer, 0, Const.MsBind | Const.MsRec) < 0
            || Libc.Syscall(Sys.Mount, 0, text.Pointer, 0, shared | Const.MsRec) < 0)
        {
            throw Failed("mount");
        }
    }

    /// <summary>Undoes <see cref="PrepareFolder"/>. Harmless where there is nothing to undo.</summary>
    internal static void RemoveFolder(string path)
    {
        if (Directory.Exists(path))
        {
            using (Text text = new(path))
            {
                _ = Libc.Syscall(Sys.Umount2, text.Pointer, Const.MntDetach);
            }
            Directory.Delete(path, recursive: true);
        }
    }

    private static int Open(string path)
    {
        var fd = Libc.Open(path, Const.ORdOnly | Const.OCloExec);
        return fd >= 0 ? fd : throw Failed(path);
    }

    private static EngineException Failed(string what)
    {
        var error = Libc.Errno;
        return new(
            error is Const.EMFile or Const.ENFile or Const.ENoMem or Const.ENoSpc ? EngineErrorKind.ResourceExhausted
                : error is Const.EPerm or Const.EInval ? EngineErrorKind.Unsupported : EngineErrorKind.StartFailed,
            $"A network namespace could not be used ({what}): {Libc.Describe(error)}.");
    }

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true)]
    private static partial int StatFileSystem(long path, void* about);

    private sealed class Text(string value) : IDisposable
    {
        internal long Pointer { get; private set; } = Marshal.StringToCoTaskMemUTF8(value);

        public void Dispose()
        {
            Marshal.FreeCoTaskMem((nint)Pointer);
            Pointer = 0;
        }
    }
}
