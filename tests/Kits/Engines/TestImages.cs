using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>Images for tests, built on the spot of what this machine has.</summary>
internal static class TestImages
{
    private static readonly string[] Applets =
        ["sh", "echo", "cat", "sleep", "ls", "id", "env", "dd", "true", "false", "kill", "hostname", "mkdir", "touch", "rm", "wc", "head", "seq", "yes", "ps", "mount", "nc", "wget", "stat", "df", "sync", "setsid", "trap", "printf", "test", "grep", "pwd", "nproc", "mknod", "chroot", "ln", "chmod", "tr", "cut", "tail", "readlink", "ulimit", "sysctl", "ip", "ping", "su", "timeout", "tty", "stty", "uname", "expr", "date", "od", "cp", "mv", "find", "awk", "sed", "sort", "usleep", "httpd"];

    private static readonly Lazy<ImageLayer> BusyboxLayer = new(() => Layer(Busybox));
    private static readonly Lazy<ImageRoot> LazyBusybox = new(() => Of(BusyboxLayer.Value));
    private static readonly Lazy<ImageRoot> LazyPython = new(() => Of(BusyboxLayer.Value, Layer(PythonFiles)));

    /// <summary>A small root with Debian's static busybox.</summary>
    internal static ImageRoot Small => LazyBusybox.Value;

    /// <summary>The same with this machine's Python and the program of <c>tests/Workload</c>.</summary>
    internal static ImageRoot Python => LazyPython.Value;

    internal static ImageRoot Of(params ImageLayer[] layers) => new() { Layers = layers };

    /// <summary>A layer of what <paramref name="write"/> writes.</summary>
    internal static ImageLayer Layer(Action<TarWriter> write)
    {
        using MemoryStream bytes = new();
        using (TarWriter tar = new(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            write(tar);
        }
        return OfBytes(bytes.ToArray());
    }

    internal static ImageLayer OfBytes(byte[] bytes)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return new()
        {
            Digest = digest,
            DiffId = digest,
            Compression = LayerCompression.None,
            SizeBytes = bytes.Length,
            OpenAsync = _ => ValueTask.FromResult<Stream>(new MemoryStream(bytes)),
        };
    }

    internal static void Folder(TarWriter tar, string name, int mode = 0x1ed) => tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name) { Mode = (UnixFileMode)mode });

    internal static void Text(TarWriter tar, string name, string text, int mode = 0x1a4) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });

    internal static void Link(TarWriter tar, string name, string target) => tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });

    private static void Busybox(TarWriter tar)
    {
        foreach (var folder in (string[])["bin", "etc", "root", "var", "var/task"])
        {
            Folder(tar, folder);
        }
        Folder(tar, "tmp", 0x3ff);
        Folder(tar, "home");
        using (var file = File.OpenRead("/bin/busybox"))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = (UnixFileMode)0x1ed, DataStream = file });
        }
        foreach (var applet in Applets)
        {
            Link(tar, "bin/" + applet, "busybox");
        }
        Text(tar, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\napp:x:1000:1001:App:/home/app:/bin/sh\n");
        Text(tar, "etc/group", "root:x:0:\ndaemon:x:1:\nstaff:x:50:app\napps:x:1001:\n");
        Text(tar, "var/task/plain.txt", "not a program\n");
    }

    private static void PythonFiles(TarWriter tar)
    {
        foreach (var folder in (string[])["usr", "usr/bin", "usr/lib", "lib", "lib64"])
        {
            Folder(tar, folder);
        }
        var python = new FileInfo("/usr/bin/python3").ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        HostFile(tar, python, "usr/bin/python3");
        HashSet<string> libraries = [.. Libraries(python)];
        var version = Path.GetFileName(python);
        foreach (var file in Directory.EnumerateFiles("/usr/lib/" + version, "*.py").Concat(Directory.EnumerateFiles($"/usr/lib/{version}/ctypes", "*.py"))
            .Concat(Directory.EnumerateFiles($"/usr/lib/{version}/encodings", "*.py")).Concat(Directory.EnumerateFiles($"/usr/lib/{version}/collections", "*.py"))
            .Concat(Directory.EnumerateFiles($"/usr/lib/{version}/re", "*.py")))
        {
            HostFile(tar, file, file[1..]);
        }
        foreach (var file in Directory.EnumerateFiles($"/usr/lib/{version}/lib-dynload", "*.so").Where(file =>
            ((string[])["_ctypes.", "resource.", "_socket.", "select.", "math.", "_struct.", "array.", "fcntl."]).Any(name => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal))))
        {
            HostFile(tar, file, file[1..]);
            libraries.UnionWith(Libraries(file));
        }
        foreach (var library in libraries)
        {
            HostFile(tar, library, library[1..]);
        }
        Text(tar, "var/task/workload.py", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "workload.py")));
    }

    private static void HostFile(TarWriter tar, string path, string name)
    {
        using var file = File.OpenRead(path);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)0x1ed, DataStream = file });
    }

    /// <summary>Shared libraries of a program, and the loader.</summary>
    private static IEnumerable<string> Libraries(string program)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/ldd", program) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith('/'));
    }
}
