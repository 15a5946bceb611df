using System.Formats.Tar;
using System.Text;

namespace Fogbank.Tests.Kits.Images;

/// <summary>What the images of tests are made of: files of this machine, written as layers.</summary>
internal static class RootFiles
{
    private static readonly string[] Applets =
        ["sh", "echo", "cat", "sleep", "ls", "id", "env", "dd", "true", "false", "kill", "hostname", "mkdir", "touch", "rm", "wc", "head", "seq", "yes", "ps", "mount", "nc", "wget", "stat", "df", "sync", "setsid", "trap", "printf", "test", "grep", "pwd", "nproc", "mknod", "chroot", "ln", "chmod", "tr", "cut", "tail", "readlink", "ulimit", "sysctl", "ip", "ping", "su", "timeout", "tty", "stty", "uname", "expr", "date", "od", "cp", "mv", "find", "awk", "sed", "sort", "usleep", "httpd"];

    internal static void Folder(TarWriter tar, string name, int mode = 0x1ed) => tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name) { Mode = (UnixFileMode)mode });

    internal static void Text(TarWriter tar, string name, string text, int mode = 0x1a4) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });

    internal static void Link(TarWriter tar, string name, string target) => tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });

    /// <summary>A small root with Debian's static busybox.</summary>
    internal static void Busybox(TarWriter tar)
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

    /// <summary>This machine's Python and the program of <c>tests/Workload</c>, to lie on top.</summary>
    internal static void Python(TarWriter tar)
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
