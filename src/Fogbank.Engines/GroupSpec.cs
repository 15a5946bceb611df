namespace Fogbank.Engines;

/// <summary>
/// A frame that several workloads share (a task, a pod): one network, one host name, volumes, and limits on all of them together. It runs
/// nothing by itself.
/// </summary>
public sealed record GroupSpec
{
    /// <summary>1 to 64 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>, beginning with a letter or digit. All names on the machine follow from it.</summary>
    public required string Id { get; init; }

    /// <summary>Of the group and of all workloads in it.</summary>
    public Lifetime Lifetime { get; init; } = Lifetime.Durable;

    /// <summary>Most memory of all its workloads together, swap included; null means only the workloads' own limits.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Thousandths of one CPU for all its workloads together; null means no limit.</summary>
    public int? CpuMillis { get; init; }

    /// <summary>Most processes and threads of all its workloads together; null means only the workloads' own limits.</summary>
    public int? MaxPids { get; init; }

    /// <summary>Bytes for all that its workloads write: their root file systems and volumes together. Enforced.</summary>
    public required long StorageBytes { get; init; }

    /// <summary>Names of empty folders that its workloads may mount; 1 to 255 letters, digits, <c>-</c> or <c>_</c>.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Host name inside.</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>Its place in a network, or null for loopback and endpoints only.</summary>
    public NetworkSpec? Network { get; init; }

    /// <summary>Listeners inside the shared network.</summary>
    public IReadOnlyList<EndpointSpec> Endpoints { get; init; } = [];

    /// <summary>Lines <c>nameserver</c> of <c>/etc/resolv.conf</c>; empty for none.</summary>
    public IReadOnlyList<string> NameServers { get; init; } = [];

    /// <summary>Domains of the line <c>search</c>.</summary>
    public IReadOnlyList<string> SearchDomains { get; init; } = [];

    /// <summary>Further lines of <c>/etc/hosts</c>: name to address. The group's own name and address are there anyway.</summary>
    public IReadOnlyDictionary<string, string> Hosts { get; init; } = new Dictionary<string, string>();

    /// <summary>Kernel settings of its namespaces (<c>net.core.somaxconn</c>). What the driver does not know to be namespaced is refused.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Its workloads see each other's processes.</summary>
    public bool SharePids { get; init; }
}
