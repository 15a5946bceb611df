namespace Fogbank.Engines;

/// <summary>How a workload ended.</summary>
public sealed record WorkloadExit
{
    /// <summary>The main process's exit code; null when a signal ended it or nobody knows.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the main process; null when it exited by itself or nobody knows.</summary>
    public int? Signal { get; init; }

    /// <summary>The kernel killed a process of the workload because its memory limit was reached.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>The engine lost the workload (its warden died): it is gone and how it ended is not known.</summary>
    public bool Lost { get; init; }
}
