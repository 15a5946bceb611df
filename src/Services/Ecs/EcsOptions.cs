namespace Fogbank.Services.Ecs;

/// <summary>Settings of ECS. The defaults are AWS's where AWS has them.</summary>
public sealed record EcsOptions
{
    /// <summary>How many times the machine's vCPUs may be promised to tasks. Default 1, from 0.1 to 1000; more where tasks idle.</summary>
    public double CpuOvercommit { get; init; } = 1;

    /// <summary>How many times the machine's memory may be promised to tasks. Default 1, from 0.1 to 1000; more where tasks use less than they ask for.</summary>
    public double MemoryOvercommit { get; init; } = 1;

    /// <summary>vCPUs of the machine. Null: as many as the process sees.</summary>
    public double? Cpus { get; init; }

    /// <summary>Memory of the machine in bytes. Null: as much as the process may use.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>How long a stopped task can be described. AWS: about an hour.</summary>
    public TimeSpan KeepStopped { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a client token is remembered. AWS: 24 hours.</summary>
    public TimeSpan KeepTokens { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long the end of a task waits for the last lines of its log to be delivered. Default 30 s.</summary>
    public TimeSpan LogDrain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a steady task is looked at although nothing was heard of it. Default 30 s.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromSeconds(30);
}
