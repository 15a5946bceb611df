using System.Globalization;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Process.Warden;

/// <summary>Finds the main process of a sandbox: the one that its namespace knows as number 2.</summary>
internal static class MainProcess
{
    /// <summary>Sends it a signal, if it is still there.</summary>
    internal static void Signal(RunningSandbox sandbox, int signal)
    {
        if (sandbox.Tree is { MainProcess: > 0 } tree)
        {
            _ = Libc.Kill(tree.MainProcess, signal);
            return;
        }
        foreach (var pid in sandbox.Group?.Processes() ?? [])
        {
            if (IsMain(pid))
            {
                _ = Libc.Kill(pid, signal);
                return;
            }
        }
    }

    private static bool IsMain(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status");
        foreach (var line in (CgroupFile.TryRead(path) ?? "").AsSpan().EnumerateLines())
        {
            if (line.StartsWith("NSpid:", StringComparison.Ordinal))
            {
                return line.EndsWith("\t2", StringComparison.Ordinal);
            }
        }
        return false;
    }
}
