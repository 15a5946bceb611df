namespace Fogbank.Services.Lambda;

/// <summary>Settings of the Lambda service. The defaults are AWS's where AWS has them.</summary>
public sealed record LambdaOptions
{
    /// <summary>How long an environment idles before it is frozen. Default 50 ms: a busy function never pays for freezing.</summary>
    public TimeSpan FreezeAfter { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an idle environment is kept for the next event. Default 10 minutes; shorter saves memory, longer saves cold starts.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Age at which an environment is not used again. Default 11 hours: its credentials hold for 12.</summary>
    public TimeSpan MaxEnvironmentAge { get; init; } = TimeSpan.FromHours(11);

    /// <summary>Longest initialisation outside an invocation. AWS: 10 s.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Waits before the second and third attempt of an asynchronous event whose function failed. AWS: 1 and 2 minutes.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)];

    /// <summary>First wait of an asynchronous event that was throttled; it doubles up to <see cref="MaxThrottleBackoff"/>. AWS: 1 s.</summary>
    public TimeSpan MinThrottleBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait of a throttled asynchronous event. AWS: 5 minutes.</summary>
    public TimeSpan MaxThrottleBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Invocations at once in an account and region. AWS: 1,000.</summary>
    public int AccountConcurrency { get; init; } = 1000;

    /// <summary>
    /// Memory that execution environments may use together, in bytes; null: four fifths of the machine's. What an environment counts for is
    /// what its function was seen to use, at most its memory size.
    /// </summary>
    public long? MemoryBudgetBytes { get; init; }

    /// <summary>Environments on this machine at once. Default 1,000.</summary>
    public int MaxEnvironments { get; init; } = 1000;

    /// <summary>Environments that may be launched at the same time. Default 16; their initialisation is not counted.</summary>
    public int MaxLaunchesAtOnce { get; init; } = 16;

    /// <summary>CPUs of the machine, the most that a function gets. Null: as many as the process sees.</summary>
    public int? Cpus { get; init; }
}
