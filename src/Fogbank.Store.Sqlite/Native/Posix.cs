using System.Runtime.InteropServices;

namespace Fogbank.Store.Sqlite;

/// <summary>What the base library cannot do with folders.</summary>
internal static partial class Posix
{
    private const int DirectoryFlags = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC on Linux x64
    private const int DirectoryFlagsArm = 0x4000 | 0x80000;

    /// <summary>Makes the names in a folder durable: a file's own flush does not.</summary>
    internal static void FlushFolder(string path)
    {
        var flags = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? DirectoryFlagsArm : DirectoryFlags;
        var descriptor = Open(path, flags);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open the folder {path}: error {Marshal.GetLastPInvokeError()}.");
        }

        var result = Fsync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0)
        {
            throw new IOException($"Cannot flush the folder {path}: error {error}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
