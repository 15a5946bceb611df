using System.Runtime.InteropServices;
using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>Looks into a container's root from outside: no link in it leads out of it.</summary>
internal sealed unsafe class RootFiles(int root)
{
    private const int MaxText = 4 * 1024 * 1024;
    private const int OPath = 0x200000;

    /// <summary>A file's text, or empty when there is none.</summary>
    internal string ReadText(string path)
    {
        var fd = TryOpen(path, Const.ORdOnly | Const.ONonBlock);
        if (fd < 0)
        {
            return "";
        }
        using SafeFileHandleStream stream = new(fd);
        return stream.ReadText(MaxText);
    }

    /// <summary>The path of a command's program inside.</summary>
    /// <exception cref="EngineException">It cannot be executed, as far as can be seen from outside.</exception>
    internal string FindCommand(string program, string workingDirectory, string searchPath)
    {
        string? reason = null;
        if (program.Contains('/', StringComparison.Ordinal))
        {
            var path = program.StartsWith('/') ? program : Path.Combine(workingDirectory, program);
            reason = WhyNot(path, program);
            return reason is null ? path : throw NotExecutable(reason);
        }
        foreach (var folder in searchPath.Split(':').Where(folder => folder.Length > 0))
        {
            if (WhyNot(Path.Combine(folder, program), program) is not { } why)
            {
                return Path.Combine(folder, program);
            }
            reason ??= why.Contains("no such", StringComparison.Ordinal) ? null : why;
        }
        throw NotExecutable(reason ?? $"'{program}' is in no folder of PATH ({searchPath})");
    }

    private static EngineException NotExecutable(string reason) => new(EngineErrorKind.CommandNotExecutable, $"The command cannot be executed: {reason}.");

    private string? WhyNot(string path, string program)
    {
        var fd = TryOpen(path, OPath);
        if (fd < 0)
        {
            return Libc.Errno is Const.EAcces ? $"'{program}': permission denied" : $"'{program}': no such file in the image";
        }
        try
        {
            var mode = ModeOf(fd);
            return (mode & 0xf000) != 0x8000 ? $"'{program}' is no file" : (mode & 0x49) == 0 ? $"'{program}': permission denied (it is not executable)"
                : IsProgram(path) ? null : $"'{program}': exec format error";
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    /// <summary>Linux executes ELF files and scripts; who registers other kinds at the kernel does so for the machine, not for an image.</summary>
    private bool IsProgram(string path)
    {
        var fd = TryOpen(path, Const.ORdOnly | Const.ONonBlock);
        if (fd < 0)
        {
            return true; // it may be executable and not readable
        }
        var start = stackalloc byte[4];
        var length = Libc.Read(fd, start, 4);
        _ = Libc.Close(fd);
        return length >= 2 && (new ReadOnlySpan<byte>(start, (int)length) is [0x7f, (byte)'E', (byte)'L', (byte)'F'] or [(byte)'#', (byte)'!', ..]);
    }

    /// <summary>Opens something in the root; negative when that cannot be.</summary>
    internal int TryOpen(string path, int flags)
    {
        const long resolveInRoot = 0x10, resolveNoMagicLinks = 2;
        var how = stackalloc long[3];
        how[0] = flags | Const.OCloExec;
        how[1] = 0;
        how[2] = resolveInRoot | resolveNoMagicLinks;
        fixed (byte* text = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return (int)Libc.Syscall(Sys.OpenAt2, root, (long)text, (long)how, 24);
        }
    }

    private static uint ModeOf(int fd)
    {
        const long emptyPath = 0x1000, modeAndType = 3;
        var buffer = stackalloc byte[256]; // struct statx
        fixed (byte* empty = "\0"u8)
        {
            return Libc.Syscall(Sys.Statx, fd, (long)empty, emptyPath, modeAndType, (long)buffer) < 0 ? 0u : *(ushort*)(buffer + 28);
        }
    }

    private sealed class SafeFileHandleStream(int fd) : IDisposable
    {
        internal string ReadText(int limit)
        {
            using MemoryStream bytes = new();
            var buffer = (byte*)NativeMemory.Alloc(16384);
            try
            {
                for (nint read; bytes.Length < limit && (read = Libc.Read(fd, buffer, 16384)) > 0;)
                {
                    bytes.Write(new ReadOnlySpan<byte>(buffer, (int)read));
                }
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
            return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }

        public void Dispose() => _ = Libc.Close(fd);
    }
}
