using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// Mounts layers on each other. The mount is attached nowhere yet: the caller gets a descriptor for <c>move_mount</c>
/// (<see cref="Const.MoveMountFromEmptyPath"/>), in whatever mount namespace it wants it; when the descriptor is closed before that, the
/// mount is gone.
/// </summary>
internal static unsafe class OverlayRoot
{
    /// <summary>Most folders that are mounted on each other.</summary>
    internal const int MaxLayers = 128;

    private const int CloseOnExec = 1, SetFlag = 0, SetString = 1, Create = 6;
    private const int MaxValueBytes = 255; // fsconfig takes 256 with the NUL

    /// <summary>Makes the mount.</summary>
    /// <param name="lowers">Folders of the layers, the lowest first. Names may also be of the form <c>/proc/self/fd/N</c>.</param>
    /// <param name="upper">The folder that takes the changes.</param>
    /// <param name="work">An empty folder on the same file system as <paramref name="upper"/>.</param>
    /// <param name="attributes"><c>MOUNT_ATTR_*</c> of the mount, for example <see cref="Const.MountAttrNoDev"/>.</param>
    /// <param name="isVolatile">No change is ever synced to the disk: quicker, for roots that do not outlive their machine's run.</param>
    /// <returns>A descriptor, closed on exec, which the caller owns.</returns>
    /// <exception cref="EngineException">The kernel refused; the message says what.</exception>
    internal static int Mount(IReadOnlyList<string> lowers, string upper, string work, int attributes, bool isVolatile)
    {
        if (lowers.Count is 0 or > MaxLayers)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, $"An image has between 1 and {MaxLayers} layers, not {lowers.Count}.");
        }
        using Descriptors fds = new();
        var context = Open(fds);
        Set(context, "source", "overlay");
        // The uppermost comes first. Kernels before 6.5 know no lowerdir+.
        for (var i = lowers.Count - 1; i >= 0; i--)
        {
            if (!TrySet(context, "lowerdir+", Short(lowers[i], fds)))
            {
                if (i == lowers.Count - 1 && Libc.Errno == Const.EInval)
                {
                    return MountWithOptions(lowers, upper, work, attributes, isVolatile);
                }
                throw Failed("lowerdir+", context);
            }
        }
        Set(context, "upperdir", Short(upper, fds));
        Set(context, "workdir", Short(work, fds));
        // Layers are shared between roots, which an index of origins in the upper folder would not know.
        Set(context, "index", "off");
        if (isVolatile)
        {
            SetFlagOf(context, "volatile");
        }
        if (Libc.Syscall(Sys.FsConfig, context, Create) < 0)
        {
            throw Failed("mounting", context);
        }
        var mount = (int)Libc.Syscall(Sys.FsMount, context, CloseOnExec, attributes);
        return mount >= 0 ? mount : throw Failed("fsmount", context);
    }

    /// <summary>
    /// The same for kernels before 6.5: options as one text of at most a page, so layers are named by descriptors; the mount is made on the
    /// work folder, copied to a descriptor and taken away again.
    /// </summary>
    internal static int MountWithOptions(IReadOnlyList<string> lowers, string upper, string work, int attributes, bool isVolatile)
    {
        using Descriptors fds = new();
        StringBuilder options = new("index=off,");
        options.Append(isVolatile ? "volatile," : "").Append("lowerdir=");
        for (var i = lowers.Count - 1; i >= 0; i--)
        {
            options.Append(ByDescriptor(lowers[i], fds)).Append(i > 0 ? ':' : ',');
        }
        options.Append("upperdir=").Append(ByDescriptor(upper, fds)).Append(",workdir=").Append(ByDescriptor(work, fds));
        // The mount point is the work folder: the kernel holds it by then, and takes no second look at its name.
        fixed (byte* type = "overlay\0"u8, target = Text(work), data = Text(options.ToString()), none = "\0"u8)
        {
            long flags = ((attributes & Const.MountAttrNoSuid) != 0 ? Const.MsNoSuid : 0) | ((attributes & Const.MountAttrNoDev) != 0 ? Const.MsNoDev : 0)
                | ((attributes & Const.MountAttrNoExec) != 0 ? Const.MsNoExec : 0) | ((attributes & Const.MountAttrRdOnly) != 0 ? Const.MsRdOnly : 0);
            if (Libc.Syscall(Sys.Mount, (long)type, (long)target, (long)type, flags, (long)data) < 0)
            {
                throw Failed("mount", null);
            }
            const int clone = 1, cloneOnExec = Const.OCloExec;
            var mount = (int)Libc.Syscall(Sys.OpenTree, Const.AtFdCwd, (long)target, clone | cloneOnExec);
            var error = Libc.Errno;
            _ = Libc.Syscall(Sys.Umount2, (long)target, Const.MntDetach);
            return mount >= 0 ? mount : throw new EngineException(EngineErrorKind.StartFailed, $"The root could not be mounted: open_tree: {Libc.Describe(error)}.");
        }
    }

    private static int Open(Descriptors fds)
    {
        fixed (byte* type = "overlay\0"u8)
        {
            var context = (int)Libc.Syscall(Sys.FsOpen, (long)type, CloseOnExec);
            return context >= 0 ? fds.Add(context) : throw new EngineException(
                Libc.Errno is Const.EMFile or Const.ENFile or Const.ENoMem ? EngineErrorKind.ResourceExhausted : EngineErrorKind.Unsupported,
                $"This machine mounts no overlay file systems: {Libc.Describe(Libc.Errno)}.");
        }
    }

    /// <summary>Names that are too long for the kernel's interface are given by a descriptor.</summary>
    private static string Short(string path, Descriptors fds) => Encoding.UTF8.GetByteCount(path) <= MaxValueBytes ? path : ByDescriptor(path, fds);

    private static string ByDescriptor(string path, Descriptors fds)
    {
        const int oPath = 0x200000;
        return path.StartsWith("/proc/self/fd/", StringComparison.Ordinal) ? path
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{fds.Open(path, oPath | Const.ODirectory)}");
    }

    private static void Set(int context, string key, string value)
    {
        if (!TrySet(context, key, value))
        {
            throw Failed(key, context);
        }
    }

    private static bool TrySet(int context, string key, string value)
    {
        fixed (byte* name = Text(key), text = Text(value))
        {
            return Libc.Syscall(Sys.FsConfig, context, SetString, (long)name, (long)text) == 0;
        }
    }

    private static void SetFlagOf(int context, string key)
    {
        fixed (byte* name = Text(key))
        {
            if (Libc.Syscall(Sys.FsConfig, context, SetFlag, (long)name) < 0)
            {
                throw Failed(key, context);
            }
        }
    }

    private static byte[] Text(string value) => Encoding.UTF8.GetBytes(value + "\0");

    /// <summary>The kernel says more about what it refused than an error number: its words are read from the context.</summary>
    private static EngineException Failed(string step, int? context)
    {
        var error = Libc.Errno;
        StringBuilder message = new($"The root could not be mounted: {step}: {Libc.Describe(error)}");
        if (context is { } fd)
        {
            var buffer = stackalloc byte[512];
            for (nint read; (read = Libc.Read(fd, buffer, 512)) > 0;)
            {
                message.Append("; ").Append(Encoding.UTF8.GetString(buffer, (int)read).Trim());
            }
        }
        return new(error is Const.ENoMem or Const.EMFile or Const.ENFile or Const.ENoSpc ? EngineErrorKind.ResourceExhausted : EngineErrorKind.StartFailed,
            message.Append('.').ToString());
    }
}
