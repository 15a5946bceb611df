namespace Fogbank.Engines;

/// <summary>How well a driver keeps workloads apart from the host and from each other.</summary>
public enum IsolationLevel
{
    /// <summary>Own processes only: no namespaces, no limits by the kernel. For trusted code.</summary>
    None,

    /// <summary>User namespaces and resource limits of an unprivileged user.</summary>
    User,

    /// <summary>Namespaces, control groups, a system-call filter and a user of its own for each workload.</summary>
    Full,
}
