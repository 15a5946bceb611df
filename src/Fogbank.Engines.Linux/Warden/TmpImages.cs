using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>
/// File systems for <c>/tmp</c>: sparse ext4 images on loop devices, because a tmpfs of the same size would be charged to the workload's
/// memory. Making one takes some 15 ms, so a few of each size in use are made ahead. They exist as mounts that are attached nowhere: each
/// is a descriptor, its image has no name, and when the warden dies the kernel takes down mount, device and file.
/// </summary>
internal sealed unsafe class TmpImages : IDisposable
{
    private const int Ahead = 2;
    private const int MaxPooledSizes = 16;

    private readonly string _directory;
    private readonly ConcurrentDictionary<long, ConcurrentQueue<TmpImage>> _pool = new();
    private readonly ConcurrentDictionary<long, Lazy<string>> _templates = new();
    private readonly BlockingCollection<long> _wanted = new(64);
    private long _counter;

    private readonly bool _named;

    private TmpImages(string directory, bool named) => (_directory, _named) = (directory, named);

    /// <summary>Null where the machine has no loop devices or no <c>mkfs.ext4</c>; a sized tmpfs then takes their place.</summary>
    /// <param name="directory">Folder for the images.</param>
    /// <param name="named">Images keep their names, for those who must find them again; see <see cref="TakeNamed"/>.</param>
    internal static TmpImages? TryCreate(string directory, bool named = false)
    {
        if (!File.Exists("/dev/loop-control") || Mkfs() is null)
        {
            return null;
        }
        Directory.CreateDirectory(directory);
        TmpImages images = new(directory, named);
        try
        {
            images.Make(16L * 1024 * 1024).Discard();
        }
        catch (EngineException)
        {
            return null;
        }
        new Thread(images.MakeAhead, 512 * 1024) { IsBackground = true, Name = "tmp images" }.Start();
        return images;
    }

    /// <summary>A mounted, empty file system with at least this many bytes free: a descriptor for <c>move_mount</c>, which the caller closes.</summary>
    internal int Take(long bytes) => TakeImage(bytes).Mount;

    /// <summary>The same with the image's file, which is the caller's from then on, and a descriptor that keeps its device.</summary>
    internal TmpImage TakeNamed(long bytes) => TakeImage(bytes);

    private TmpImage TakeImage(long bytes)
    {
        var pooled = _pool.Count < MaxPooledSizes || _pool.ContainsKey(bytes) ? _pool.GetOrAdd(bytes, _ => new()) : null;
        if (pooled is null)
        {
            return Make(bytes);
        }
        _ = _wanted.TryAdd(bytes);
        return pooled.TryDequeue(out var image) ? image : Make(bytes);
    }

    private void MakeAhead()
    {
        foreach (var bytes in _wanted.GetConsumingEnumerable())
        {
            var queue = _pool[bytes];
            try
            {
                while (queue.Count < Ahead)
                {
                    queue.Enqueue(Make(bytes));
                }
            }
            catch (EngineException)
            {
                // The start that needs one will meet the same trouble and report it.
            }
        }
    }

    private TmpImage Make(long bytes)
    {
        var template = _templates.GetOrAdd(bytes, size => new(() => MakeTemplate(size))).Value;
        var image = Path.Combine(_directory, Interlocked.Increment(ref _counter).ToString(CultureInfo.InvariantCulture));
        using Descriptors fds = new();
        try
        {
            CopySparse(template, image, fds);
            var (device, loop) = AttachLoop(fds.Open(image, Const.ORdWr), fds);
            var mount = fds.Add(Mount(loop));
            Prepare(mount);
            if (_named)
            {
                return new() { Mount = fds.Take(mount), Device = fds.Take(device), DevicePath = loop, File = image };
            }
            File.Delete(image);
            // The mount holds the device now, and lets go of it in the end.
            return new() { Mount = fds.Take(mount) };
        }
        catch
        {
            File.Delete(image);
            throw;
        }
    }

    /// <summary>Opens the device of an image that an earlier warden attached, or attaches it. The caller owns all of it.</summary>
    internal static TmpImage Reopen(string file)
    {
        using Descriptors fds = new();
        foreach (var folder in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            if (CgroupFile.TryRead(Path.Combine(folder, "loop/backing_file"))?.TrimEnd('\n') == file)
            {
                var path = "/dev/" + Path.GetFileName(folder);
                var found = fds.Open(path, Const.ORdWr);
                var again = Mount(path);
                return new() { Mount = again, Device = fds.Take(found), DevicePath = path, File = file };
            }
        }
        var (device, loop) = AttachLoop(fds.Open(file, Const.ORdWr), fds);
        var mount = Mount(loop);
        return new() { Mount = mount, Device = fds.Take(device), DevicePath = loop, File = file };
    }

    /// <summary>One image a size is formatted; the others are copies of its few blocks.</summary>
    private string MakeTemplate(long bytes)
    {
        var path = Path.Combine(_directory, "template-" + bytes.ToString(CultureInfo.InvariantCulture));
        // Inode tables and group descriptors take up to 2 % of a file system; what was promised is what is free.
        using (var file = new FileStream(path, FileMode.CreateNew))
        {
            file.SetLength((bytes + (bytes / 40) + (2 * 1024 * 1024)) / 4096 * 4096);
        }
        var nullDevice = Libc.Open("/dev/null", Const.ORdWr | Const.OCloExec);
        try
        {
            var pid = Spawn.Start(Mkfs()!,
                ["mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", "-I", "128", "-O", "^has_journal,^resize_inode", "-E", "lazy_itable_init=1,nodiscard", path],
                ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], [(nullDevice, 0), (nullDevice, 1), (nullDevice, 2)]);
            if (Libc.Wait(pid) != 0)
            {
                throw new EngineException(EngineErrorKind.StartFailed, "mkfs.ext4 failed.");
            }
        }
        finally
        {
            _ = Libc.Close(nullDevice);
        }
        return path;
    }

    private static void CopySparse(string from, string to, Descriptors fds)
    {
        const int seekData = 3, seekHole = 4;
        using var target = new FileStream(to, FileMode.CreateNew);
        var source = fds.Open(from, Const.ORdOnly);
        var size = new FileInfo(from).Length;
        target.SetLength(size);
        var buffer = new byte[64 * 1024];
        fixed (byte* bytes = buffer)
        {
            for (var at = Libc.Seek(source, 0, seekData); at >= 0; at = Libc.Seek(source, at, seekData))
            {
                var end = Libc.Seek(source, at, seekHole);
                while (at < end)
                {
                    var read = (int)Libc.PRead(source, bytes, (nint)Math.Min(buffer.Length, end - at), at);
                    if (read <= 0)
                    {
                        throw new EngineException(EngineErrorKind.StartFailed, $"A /tmp image could not be read: {Libc.Describe(Libc.Errno)}.");
                    }
                    RandomAccess.Write(target.SafeFileHandle, buffer.AsSpan(0, read), at);
                    at += read;
                }
            }
        }
    }

    private static (int Device, string Path) AttachLoop(int image, Descriptors fds)
    {
        const nuint getFree = 0x4C82, configure = 0x4C0A;
        // Direct I/O: otherwise every page would be in the cache twice, and the image's copy charged to the workload as well, which can
        // run it out of memory by nothing but writing files.
        const int autoClear = 4, directIo = 16;
        var control = fds.Open("/dev/loop-control", Const.ORdWr);
        Span<byte> config = stackalloc byte[304]; // struct loop_config
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var number = Libc.Ioctl(control, getFree, null);
            if (number < 0)
            {
                break;
            }
            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            var device = fds.Open(path, Const.ORdWr);
            config.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(config, image);
            BinaryPrimitives.WriteInt32LittleEndian(config[4..], 4096);
            BinaryPrimitives.WriteInt32LittleEndian(config[(8 + 52)..], autoClear | directIo); // info.lo_flags
            fixed (byte* pointer = config)
            {
                if (Libc.Ioctl(device, configure, pointer) == 0)
                {
                    return (device, path);
                }
            }
            var error = Libc.Errno;
            fds.Close(device);
            if (error != Const.EBusy) // else somebody else was quicker to take this one
            {
                throw new EngineException(EngineErrorKind.ResourceExhausted, $"{path} could not be attached: {Libc.Describe(error)}.");
            }
        }
        throw new EngineException(EngineErrorKind.ResourceExhausted, "No loop device is free.");
    }

    /// <summary>A mount of a device that is attached nowhere yet; several of one device are one file system.</summary>
    internal static int Mount(string device)
    {
        const int closeOnExec = 1, setString = 1, create = 6;
        fixed (byte* type = "ext4\0"u8, key = "source\0"u8, source = System.Text.Encoding.ASCII.GetBytes(device + "\0"))
        {
            var context = (int)Libc.Syscall(Sys.FsOpen, (long)type, closeOnExec);
            if (context < 0)
            {
                throw Failed();
            }
            try
            {
                if (Libc.Syscall(Sys.FsConfig, context, setString, (long)key, (long)source) < 0
                    || Libc.Syscall(Sys.FsConfig, context, create, 0, 0) < 0)
                {
                    throw Failed();
                }
                var mount = (int)Libc.Syscall(Sys.FsMount, context, closeOnExec, Const.MountAttrNoSuid | Const.MountAttrNoDev);
                return mount >= 0 ? mount : throw Failed();
            }
            finally
            {
                _ = Libc.Close(context);
            }
        }

        static EngineException Failed() => new(EngineErrorKind.StartFailed, $"A /tmp image could not be mounted: {Libc.Describe(Libc.Errno)}.");
    }

    private static void Prepare(int mount)
    {
        fixed (byte* here = ".\0"u8, lostAndFound = "lost+found\0"u8)
        {
            _ = Libc.Syscall(Sys.FchmodAt, mount, (long)here, 0x3ff); // sticky, writable by all
            _ = Libc.Syscall(Sys.UnlinkAt, mount, (long)lostAndFound, Const.AtRemoveDir);
        }
    }

    /// <summary>Nothing is made ahead any more; what is pooled goes with the process.</summary>
    public void Dispose() => _wanted.Dispose();

    private static string? Mkfs() => ((string[])["/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4", "/usr/bin/mkfs.ext4"]).FirstOrDefault(File.Exists);
}
