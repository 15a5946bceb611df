namespace Fogbank.Engines.Oci;

/// <summary>Which capabilities a container has.</summary>
internal static class CapabilityRules
{
    // What Docker leaves to containers: images count on it.
    private static readonly string[] Default =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    // What can be added: nothing that reaches the host. SYS_ADMIN, SYS_MODULE, BPF and their like do.
    private static readonly string[] Addable = [.. Default, "CAP_SYS_PTRACE", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_LEASE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_SYS_NICE", "CAP_SYS_TTY_CONFIG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_LINUX_IMMUTABLE", "CAP_DAC_READ_SEARCH"];

    /// <summary>The set, in Docker's rules: <c>ALL</c> may be dropped and some added again.</summary>
    internal static List<string> Of(WorkloadSpec spec)
    {
        HashSet<string> dropped = [.. spec.DroppedCapabilities.Select(Name)];
        List<string> held = dropped.Contains("CAP_ALL") ? [] : [.. Default.Where(capability => !dropped.Contains(capability))];
        foreach (var added in spec.AddedCapabilities.Select(Name))
        {
            if (!Addable.Contains(added))
            {
                throw new EngineException(EngineErrorKind.Unsupported, $"The oci engine gives no workload the capability {added}.");
            }
            if (!held.Contains(added))
            {
                held.Add(added);
            }
        }
        return held;
    }

    private static string Name(string text)
    {
        var upper = text.ToUpperInvariant();
        return upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : "CAP_" + upper;
    }
}
