namespace Fogbank.Engines.Linux.Network;

/// <summary>Settings of the networks of one warden.</summary>
internal sealed record NetworksOptions
{
    /// <summary>Folder that belongs to the networks of one data folder alone; what an earlier warden left in it is found again.</summary>
    internal required string Directory { get; init; }

    /// <summary>Folder that all Fogbanks of the machine share, emptied when the machine starts.</summary>
    internal string MachineDirectory { get; init; } = "/run";

    /// <summary>Joined namespaces that are kept ready per network, from its first workload on. Default 4.</summary>
    internal int PoolSize { get; init; } = 4;

    /// <summary>How long a network stays after its last workload. Default 10 s: functions come and go.</summary>
    internal TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(10);
}
