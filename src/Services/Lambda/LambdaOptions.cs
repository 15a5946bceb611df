using Fogbank.Kernel;

namespace Fogbank.Services.Lambda;

/// <summary>Settings of the Lambda service. The defaults are AWS's where AWS has them. Each can be given in the environment by its name in <see cref="Read"/>.</summary>
public sealed record LambdaOptions
{
    /// <summary>How long an environment idles before it is frozen. Default 50 ms: a busy function never pays for freezing. From 1 ms to 1 hour.</summary>
    public TimeSpan FreezeAfter { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an idle environment is kept for the next event. Default 10 minutes; shorter saves memory, longer saves cold starts. From 1 s to 11 hours.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Age at which an environment is not used again. Default 11 hours: its credentials hold for 12. From 1 s to 11 hours.</summary>
    public TimeSpan MaxEnvironmentAge { get; init; } = TimeSpan.FromHours(11);

    /// <summary>Longest initialisation outside an invocation. AWS: 10 s. From 100 ms to 15 minutes.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Waits before the second and third attempt of an asynchronous event whose function failed. AWS: 1 and 2 minutes. From 1 ms to 6 hours each; the last one holds for all further attempts.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)];

    /// <summary>First wait of an asynchronous event that was throttled; it doubles up to <see cref="MaxThrottleBackoff"/>. AWS: 1 s. From 1 ms to 6 hours.</summary>
    public TimeSpan MinThrottleBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait of a throttled asynchronous event. AWS: 5 minutes. From 1 ms to 6 hours.</summary>
    public TimeSpan MaxThrottleBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the image of a function counts as being in the registry once it was seen there; then the next start of an environment looks
    /// again, and a function whose image was deleted fails. AWS looks "periodically". Default 10 minutes. From 0 to 24 hours.
    /// </summary>
    public TimeSpan ImageCheckInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Invocations at once in an account and region. AWS: 1,000. From 1 to 1,000,000.</summary>
    public int AccountConcurrency { get; init; } = 1000;

    /// <summary>
    /// Memory that execution environments may use together, in bytes; null: four fifths of the machine's. What an environment counts for is
    /// what its function was seen to use, at most its memory size. From 128 MiB; the environment gives it in MiB.
    /// </summary>
    public long? MemoryBudgetBytes { get; init; }

    /// <summary>Environments on this machine at once. Default 1,000. From 1 to 100,000.</summary>
    public int MaxEnvironments { get; init; } = 1000;

    /// <summary>Environments that may be launched at the same time. Default 16; their initialisation is not counted. From 1 to 1,000.</summary>
    public int MaxLaunchesAtOnce { get; init; } = 16;

    /// <summary>CPUs of the machine, the most that a function gets. Null: as many as the process sees.</summary>
    public int? Cpus { get; init; }

    internal static LambdaOptions Read(SettingReader settings)
    {
        const int Mebibyte = 1 << 20;
        var defaults = new LambdaOptions();
        var memory = settings.Number("FOGBANK_LAMBDA_MEMORY_MIB", 0, 128, int.MaxValue);
        return new()
        {
            FreezeAfter = settings.Time("FOGBANK_LAMBDA_FREEZE_AFTER", defaults.FreezeAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            KeepAlive = settings.Time("FOGBANK_LAMBDA_KEEP_ALIVE", defaults.KeepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromHours(11)),
            MaxEnvironmentAge = settings.Time("FOGBANK_LAMBDA_MAX_ENVIRONMENT_AGE", defaults.MaxEnvironmentAge, TimeSpan.FromSeconds(1), TimeSpan.FromHours(11)),
            InitTimeout = settings.Time("FOGBANK_LAMBDA_INIT_TIMEOUT", defaults.InitTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(15)),
            RetryDelays = settings.Times("FOGBANK_LAMBDA_RETRY_DELAYS", defaults.RetryDelays, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(6)),
            MinThrottleBackoff = settings.Time("FOGBANK_LAMBDA_MIN_THROTTLE_BACKOFF", defaults.MinThrottleBackoff, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(6)),
            MaxThrottleBackoff = settings.Time("FOGBANK_LAMBDA_MAX_THROTTLE_BACKOFF", defaults.MaxThrottleBackoff, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(6)),
            ImageCheckInterval = settings.Time("FOGBANK_LAMBDA_IMAGE_CHECK_INTERVAL", defaults.ImageCheckInterval, TimeSpan.Zero, TimeSpan.FromHours(24)),
            AccountConcurrency = settings.Number("FOGBANK_LAMBDA_ACCOUNT_CONCURRENCY", defaults.AccountConcurrency, 1, 1_000_000),
            MemoryBudgetBytes = memory == 0 ? null : (long)memory * Mebibyte,
            MaxEnvironments = settings.Number("FOGBANK_LAMBDA_MAX_ENVIRONMENTS", defaults.MaxEnvironments, 1, 100_000),
            MaxLaunchesAtOnce = settings.Number("FOGBANK_LAMBDA_MAX_LAUNCHES_AT_ONCE", defaults.MaxLaunchesAtOnce, 1, 1000),
        };
    }
}
