namespace Fogbank.Engines.Oci;

/// <summary>Kernel settings that the kernel keeps for each namespace, so that a group can have its own.</summary>
internal static class SysctlRules
{
    private static readonly string[] Ipc =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    /// <summary>True for those of IPC and of the network that can be named safely.</summary>
    internal static bool IsNamespaced(string name) => name.Length < 128
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && !name.Contains("..", StringComparison.Ordinal)
        && (Ipc.Contains(name) || (name.StartsWith("net.", StringComparison.Ordinal) && name.Length > 4) || (name.StartsWith("fs.mqueue.", StringComparison.Ordinal) && name.Length > 10));

    internal static bool IsNetwork(string name) => name.StartsWith("net.", StringComparison.Ordinal);
}
