using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Output;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Process.Artifacts;
using Fogbank.Engines.Process.Protocol;

namespace Fogbank.Engines.Process;

/// <summary>A workload that a warden started.</summary>
internal sealed class ProcessWorkload : IWorkload
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly ProcessEngine _engine;
    private readonly WardenClient _warden;
    private readonly WorkloadSpec _spec;
    private readonly long _number;
    private readonly OutputBuffer _output;
    private readonly WorkloadListener[] _listeners;
    private readonly IReadOnlyList<ArtifactLease> _leases;
    private readonly TaskCompletionSource<WorkloadExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ResourceUse _lastStats = new();
    private int _outputTaken;
    private int _disposed;

    internal ProcessWorkload(
        ProcessEngine engine, WardenClient warden, WorkloadSpec spec, long number, OutputBuffer output, WorkloadListener[] listeners, IReadOnlyList<ArtifactLease> leases, DateTimeOffset startedAt)
    {
        StartedAt = startedAt;
        _engine = engine;
        _warden = warden;
        _spec = spec;
        _number = number;
        _output = output;
        _listeners = listeners;
        _leases = leases;
    }

    public string Id => _spec.Id;

    public IReadOnlyList<IWorkloadListener> Listeners => _listeners;

    public void AfterOutput(Action callback) => _output.AfterOutput(callback);

    /// <inheritdoc/>
    public IAsyncEnumerable<LogChunk> ReadOutputAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _outputTaken, 1) == 0
            ? _output.ReadAsync(cancellationToken)
            : throw new InvalidOperationException("The output of a workload can be read once.");

    /// <inheritdoc/>
    public IAsyncEnumerable<LogChunk> ReadOutputAsync(long after, CancellationToken cancellationToken) =>
        after == 0 ? ReadOutputAsync(cancellationToken) : throw new ArgumentOutOfRangeException(nameof(after), after, "Only durable workloads have positions.");

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; }

    /// <inheritdoc/>
    public ValueTask<ExecResult> ExecAsync(ExecSpec spec, CancellationToken cancellationToken) =>
        throw new EngineException(EngineErrorKind.Unsupported, "The process engine starts no further processes inside a workload.");

    /// <inheritdoc/>
    public ValueTask RemoveAsync(CancellationToken cancellationToken) => DisposeAsync();

    public Task<WorkloadExit> WaitAsync(CancellationToken cancellationToken) => _exit.Task.WaitAsync(cancellationToken);

    public ValueTask FreezeAsync(CancellationToken cancellationToken) => ControlAsync(ProcessMessageType.Freeze, 0, cancellationToken);

    public ValueTask ThawAsync(CancellationToken cancellationToken) => ControlAsync(ProcessMessageType.Thaw, 0, cancellationToken);

    public ValueTask SetCpuAsync(int? milliCpu, CancellationToken cancellationToken) =>
        milliCpu is <= 0
            ? throw new EngineException(EngineErrorKind.InvalidSpec, "A CPU limit must be above 0.")
            : ControlAsync(ProcessMessageType.Cpu, milliCpu ?? -1, cancellationToken);

    public async ValueTask<WorkloadExit> StopAsync(TimeSpan? grace, CancellationToken cancellationToken)
    {
        if (_spec.StopSignal != StopSignal.Kill && !_exit.Task.IsCompleted)
        {
            await TryControlAsync(ProcessMessageType.Signal, (int)_spec.StopSignal, cancellationToken);
            try
            {
                return await _exit.Task.WaitAsync(grace ?? _spec.StopGrace, cancellationToken);
            }
            catch (TimeoutException)
            {
                // It had its time.
            }
        }
        return await KillAsync(cancellationToken);
    }

    public async ValueTask<WorkloadExit> KillAsync(CancellationToken cancellationToken)
    {
        await TryControlAsync(ProcessMessageType.Signal, Const.SigKill, cancellationToken);
        try
        {
            return await _exit.Task.WaitAsync(EndTimeout, cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new EngineException(EngineErrorKind.Unavailable, "The workload's processes did not go away.", error);
        }
    }

    public async ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken)
    {
        if (!_exit.Task.IsCompleted)
        {
            try
            {
                var answer = await AskAsync(new() { Type = ProcessMessageType.Stats, Workload = _number }, cancellationToken);
                if (answer.Stats is { } stats)
                {
                    return stats.View();
                }
            }
            catch (EngineException error) when (error.Kind is EngineErrorKind.NotRunning)
            {
                // It ended meanwhile; its last figures are on their way.
                await _exit.Task.WaitAsync(EndTimeout, cancellationToken);
            }
        }
        return _lastStats.View();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
        try
        {
            await KillAsync(CancellationToken.None);
        }
        finally
        {
            if (Interlocked.Exchange(ref _outputTaken, 1) == 0)
            {
                _output.Abandon();
            }
            else
            {
                // The reader may be in the middle of the last chunks; it gets what is buffered, and the pipes have ended.
                _output.AbandonAfterEnd();
            }
            _engine.Forget(_warden, _number);
            foreach (var lease in _leases)
            {
                lease.Dispose();
            }
        }
    }

    /// <summary>Whoever started it has left: what it holds is given back without waiting for its end.</summary>
    internal void Leave()
    {
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
        _output.Abandon();
        Interlocked.Exchange(ref _disposed, 1);
    }

    internal void OnExited(ProcessMessage message)
    {
        _lastStats = message.Stats ?? _lastStats;
        var status = message.Status;
        _exit.TrySetResult(new()
        {
            ExitCode = status is { } code && (code & 0x7f) == 0 ? (code >> 8) & 0xff : null,
            Signal = status is { } signal && (signal & 0x7f) != 0 ? signal & 0x7f
                // Killed together with its namespace: nobody was left to report.
                : status is null ? Const.SigKill : null,
            OutOfMemory = message.OutOfMemory,
        });
    }

    internal void OnLost() => _exit.TrySetResult(new() { Lost = true });

    private async ValueTask ControlAsync(ProcessMessageType type, int value, CancellationToken cancellationToken)
    {
        if (_exit.Task.IsCompleted)
        {
            throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
        }
        await AskAsync(new() { Type = type, Workload = _number, Value = value }, cancellationToken);
    }

    private ValueTask<ProcessMessage> AskAsync(ProcessMessage message, CancellationToken cancellationToken) => _warden.AskAsync(
        ProcessEngine.DriverCode, message.Serialize(), static (payload, _) => ProcessMessage.Deserialize(payload.Span), null, cancellationToken);

    private async ValueTask TryControlAsync(ProcessMessageType type, int value, CancellationToken cancellationToken)
    {
        try
        {
            await ControlAsync(type, value, cancellationToken);
        }
        catch (EngineException error) when (error.Kind is EngineErrorKind.NotRunning
            || (error.Kind is EngineErrorKind.Unavailable && !_warden.IsAlive))
        {
            // What was to end has ended.
        }
    }
}
