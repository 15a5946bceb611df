using System.Runtime.InteropServices;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

internal static class Signals
{
    /// <summary>SIGKILL to one process, which the caller started.</summary>
    internal static void Kill(int pid) => Assert.Equal(0, kill(pid, 9));

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int kill(int processId, int signal);
}
