using Fogbank.Engines.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Fogbank.Engines.Oci.Output;

/// <summary>Gives the beginning of a log file back to the disk while its monitor goes on writing: positions stay what they are.</summary>
internal static class LogHole
{
    internal static void Punch(SafeFileHandle file, long end)
    {
        const long keepSize = 1, punchHole = 2;
        // A file system that cannot do so keeps the bytes until the container is removed.
        _ = Libc.Syscall(Sys.Fallocate, file.DangerousGetHandle(), punchHole | keepSize, 0, end / 4096 * 4096);
        GC.KeepAlive(file);
    }
}
