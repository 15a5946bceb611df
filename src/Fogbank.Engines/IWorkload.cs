namespace Fogbank.Engines;

/// <summary>
/// A workload that was started. Members may be called at once and in any state; after the end, those that need a running workload throw
/// <see cref="EngineException"/> of kind <see cref="EngineErrorKind.NotRunning"/>, except stop and kill, which then do nothing.
/// </summary>
public interface IWorkload : IAsyncDisposable
{
    /// <summary>The id of its spec.</summary>
    string Id { get; }

    /// <summary>One listener for each endpoint of the spec, in its order.</summary>
    IReadOnlyList<IWorkloadListener> Listeners { get; }

    /// <summary>
    /// What the workload writes to its standard output and error, to the last byte, in order per stream. Ends when no process of it holds
    /// either any more. Only one reader, once. The driver buffers a bounded number of bytes: while the buffer is full the workload waits
    /// in its write (back-pressure); when the reader takes nothing for some seconds, further output is dropped and counted in
    /// <see cref="LogChunk.DroppedBytes"/> of the next chunk, so that a slow reader can hold up a workload for a while but not for ever.
    /// </summary>
    IAsyncEnumerable<LogChunk> ReadOutputAsync(CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="ReadOutputAsync(CancellationToken)"/>, after a position that an earlier reader of a durable workload reached
    /// (<see cref="LogChunk.Position"/>; 0 is the beginning), also one of a region that ended. What lies before it may be gone.
    /// </summary>
    IAsyncEnumerable<LogChunk> ReadOutputAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// Calls back once all that the workload has written so far was handled by the reader of <see cref="ReadOutputAsync(CancellationToken)"/>, and before that
    /// reader gets anything written later: at once and on this thread where there is nothing, else on the reader's. So a caller that knows
    /// where in time something belongs can put it into the right place of the output. While the buffer is full, what still waits in the
    /// workload's write comes after it. The callback must be quick and must not throw.
    /// </summary>
    void AfterOutput(Action callback);

    /// <summary>Completes when the workload's main process has ended and every other process of it is gone. May be awaited by many.</summary>
    Task<WorkloadExit> WaitAsync(CancellationToken cancellationToken);

    /// <summary>Suspends all its processes. Repeating it is harmless.</summary>
    ValueTask FreezeAsync(CancellationToken cancellationToken);

    /// <summary>Resumes after <see cref="FreezeAsync"/>. Repeating it is harmless.</summary>
    ValueTask ThawAsync(CancellationToken cancellationToken);

    /// <summary>Changes the CPU limit: thousandths of one CPU, or null for none.</summary>
    ValueTask SetCpuAsync(int? milliCpu, CancellationToken cancellationToken);

    /// <summary>Thaws, sends the spec's stop signal to the main process, kills everything after <paramref name="grace"/> (null: the spec's),
    /// and returns when all is gone.</summary>
    ValueTask<WorkloadExit> StopAsync(TimeSpan? grace, CancellationToken cancellationToken);

    /// <summary>Kills every process at once and returns when all are gone.</summary>
    ValueTask<WorkloadExit> KillAsync(CancellationToken cancellationToken);

    /// <summary>When its command was executed.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Runs a further process inside, in the workload's limits and isolation, and waits for its end.
    /// Throws <see cref="EngineErrorKind.CommandNotExecutable"/> where there is no such program.</summary>
    ValueTask<ExecResult> ExecAsync(ExecSpec spec, CancellationToken cancellationToken);

    /// <summary>Kills what still runs and takes everything of the workload away, its output too. What disposing does for an ephemeral
    /// workload; disposing a durable one only lets go of it. Repeating it is harmless.</summary>
    ValueTask RemoveAsync(CancellationToken cancellationToken);

    /// <summary>Resource use so far; also after the end, until disposed.</summary>
    ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken);
}
