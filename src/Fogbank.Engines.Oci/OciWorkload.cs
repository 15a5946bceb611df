using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Output;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Output;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci;

/// <summary>A container that a warden started or found.</summary>
internal sealed class OciWorkload : IWorkload
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly OciGroup _group;
    private readonly ContainerState _state;
    private readonly IDisposable? _lease;
    private readonly LogReader? _log;
    private readonly OutputBuffer? _output;
    private readonly TaskCompletionSource<WorkloadExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ResourceUse _lastUse = new();
    private int _outputTaken;
    private int _disposed;

    internal OciWorkload(OciEngine engine, OciGroup group, WardenClient warden, ContainerState state, IDisposable? lease, OutputBuffer? output)
    {
        _ = warden;
        _group = group;
        _state = state;
        _lease = lease;
        _output = output;
        _log = output is null ? new(Path.Combine(engine.FolderOf(group.Id, state.Id), "log"), engine.Logs, engine.Time) : null;
    }

    public string Id => _state.Id;

    public IReadOnlyList<IWorkloadListener> Listeners => _group.Listeners;

    public DateTimeOffset StartedAt => _state.StartedAt;

    public void AfterOutput(Action callback)
    {
        if (_output is not null)
        {
            _output.AfterOutput(callback);
        }
        else
        {
            _log!.AfterOutput(callback);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogChunk> ReadOutputAsync(CancellationToken cancellationToken) => ReadOutputAsync(0, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LogChunk> ReadOutputAsync(long after, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        return Interlocked.Exchange(ref _outputTaken, 1) == 0
            ? _output?.ReadAsync(cancellationToken) ?? _log!.ReadAsync(after, cancellationToken)
            : throw new InvalidOperationException("The output of a workload can be read once.");
    }

    public Task<WorkloadExit> WaitAsync(CancellationToken cancellationToken) => _exit.Task.WaitAsync(cancellationToken);

    public ValueTask FreezeAsync(CancellationToken cancellationToken) => ControlAsync(OciMessageType.Freeze, 0, cancellationToken);

    public ValueTask ThawAsync(CancellationToken cancellationToken) => ControlAsync(OciMessageType.Thaw, 0, cancellationToken);

    public ValueTask SetCpuAsync(int? milliCpu, CancellationToken cancellationToken) =>
        milliCpu is <= 0
            ? throw new EngineException(EngineErrorKind.InvalidSpec, "A CPU limit must be above 0.")
            : ControlAsync(OciMessageType.Cpu, milliCpu ?? -1, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<WorkloadExit> StopAsync(TimeSpan? grace, CancellationToken cancellationToken)
    {
        if (_state.StopSignal != Const.SigKill && !_exit.Task.IsCompleted)
        {
            await TryControlAsync(OciMessageType.Signal, _state.StopSignal, cancellationToken);
            try
            {
                return await _exit.Task.WaitAsync(grace ?? _state.StopGrace, cancellationToken);
            }
            catch (TimeoutException)
            {
                // It had its time.
            }
        }
        return await KillAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<WorkloadExit> KillAsync(CancellationToken cancellationToken)
    {
        await TryControlAsync(OciMessageType.Signal, Const.SigKill, cancellationToken);
        try
        {
            return await _exit.Task.WaitAsync(EndTimeout, cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new EngineException(EngineErrorKind.Unavailable, "The workload's processes did not go away.", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ExecResult> ExecAsync(ExecSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (_exit.Task.IsCompleted)
        {
            throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
        }
        var warden = await _group.WardenAsync(cancellationToken);
        var answer = await OciEngine.AskAsync(
            warden,
            new()
            {
                Type = OciMessageType.Exec,
                Group = _group.Id,
                Container = Id,
                Exec = new() { Command = [.. spec.Command], Timeout = spec.Timeout, MaxOutputBytes = spec.MaxOutputBytes },
            },
            cancellationToken);
        return new(answer.Exec!.ExitCode, answer.Exec.Output ?? []);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CancellationToken cancellationToken)
    {
        await _group.RemoveAsync(this, cancellationToken);
        OnRemoved();
    }

    /// <inheritdoc/>
    public async ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken)
    {
        if (!_exit.Task.IsCompleted)
        {
            try
            {
                var answer = await AskAsync(OciMessageType.Stats, 0, cancellationToken);
                if (answer.Use is { } use)
                {
                    return use.View();
                }
            }
            catch (EngineException error) when (error.Kind is EngineErrorKind.NotRunning)
            {
                // It ended meanwhile; its last figures are on their way.
                await _exit.Task.WaitAsync(EndTimeout, cancellationToken);
            }
        }
        return _lastUse.View();
    }

    internal void OnExited(ContainerEnd end)
    {
        _lastUse = end.Use;
        _exit.TrySetResult(new() { ExitCode = end.ExitCode, Signal = end.Signal, OutOfMemory = end.OutOfMemory, Lost = end.Lost });
        _log?.End();
    }

    /// <summary>Its folder is gone.</summary>
    internal void OnRemoved()
    {
        _exit.TrySetResult(new() { Lost = true });
        _log?.End();
        LetGo();
    }

    /// <summary>Gives back what is held here, and touches nothing else.</summary>
    internal void LetGo()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            if (Interlocked.Exchange(ref _outputTaken, 1) == 0)
            {
                _output?.Abandon();
            }
            else
            {
                // The reader may be in the middle of the last chunks; it gets what is buffered, and the pipes have ended.
                _output?.AbandonAfterEnd();
            }
            _group.Forget(this);
            _lease?.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            return;
        }
        if (!_group.IsDurable)
        {
            await KillAsync(CancellationToken.None);
            await _group.RemoveAsync(this, CancellationToken.None);
        }
        LetGo();
    }

    private async ValueTask<OciMessage> AskAsync(OciMessageType type, int value, CancellationToken cancellationToken)
    {
        if (_exit.Task.IsCompleted)
        {
            throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
        }
        var warden = await _group.WardenAsync(cancellationToken);
        return await OciEngine.AskAsync(warden, new() { Type = type, Group = _group.Id, Container = Id, Value = value }, cancellationToken);
    }

    private async ValueTask ControlAsync(OciMessageType type, int value, CancellationToken cancellationToken) => await AskAsync(type, value, cancellationToken);

    private async ValueTask TryControlAsync(OciMessageType type, int value, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(type, value, cancellationToken);
        }
        catch (EngineException error) when (error.Kind is EngineErrorKind.NotRunning || (error.Kind is EngineErrorKind.Unavailable && _exit.Task.IsCompleted))
        {
            // What was to end has ended.
        }
    }
}
