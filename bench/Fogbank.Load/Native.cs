using System.Runtime.InteropServices;

namespace Fogbank.Load;

internal static partial class Native
{
    private const int Sigterm = 15;

    public static void Terminate(int pid) => _ = kill(pid, Sigterm);

    public static void Nap(TimeSpan time) => _ = usleep((uint)time.TotalMicroseconds);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial int usleep(uint microseconds);
}
