using Fogbank.Engines;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// The environments of one function configuration: which of them idle, and how long they may. Idle ones are used last in, first out, so that
/// those a burst has left over grow old. An event that finds none idle joins the <see cref="WaitingLine"/>.
/// </summary>
internal sealed class EnvironmentPool
{
    private readonly EnvironmentPools _pools;
    private readonly LambdaOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly List<ExecutionEnvironment> _idle = [];
    private readonly HashSet<ExecutionEnvironment> _straggling = [];
    private readonly WaitingLine _line;
    private bool _isClosed;
    private bool _isFunctionGone;

    internal EnvironmentPool(
        EnvironmentPlan plan, EnvironmentLauncher launcher, EnvironmentPools pools, LambdaOptions options, TimeProvider time)
    {
        Plan = plan;
        _pools = pools;
        _options = options;
        _time = time;
        _line = new WaitingLine(this, launcher, pools, options, time);
    }

    internal EnvironmentPlan Plan { get; }

    /// <summary>The function was deleted: nothing about it is to be remembered.</summary>
    internal bool IsFunctionGone => Volatile.Read(ref _isFunctionGone);

    internal int IdleCount
    {
        get
        {
            lock (_lock)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>Events that wait for an environment, for tests.</summary>
    internal int WaitingCount => _line.Count;

    /// <summary>An idle environment, the one used last; null where there is none.</summary>
    internal ExecutionEnvironment? TryTake()
    {
        lock (_lock)
        {
            if (_idle.Count == 0)
            {
                return null;
            }

            var environment = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return environment;
        }
    }

    /// <summary>Starts an environment for an event and waits for that one or for another that becomes free before.</summary>
    internal Task<WaitingLine.Acquired> AcquireAsync(Invocation invocation) => _line.JoinAsync(invocation);

    /// <summary>An environment is ready for its next event.</summary>
    internal void Return(ExecutionEnvironment environment)
    {
        lock (_lock)
        {
            _straggling.Remove(environment);
            if (environment.IsDead)
            {
                return;
            }

            if (_line.TryServe(environment))
            {
                return;
            }

            if (!_isClosed && _time.GetElapsedTime(environment.StartedAt) < _options.MaxEnvironmentAge)
            {
                environment.IdleSince = _time.GetTimestamp();
                _idle.Add(environment);
                _pools.NoteIdle();
                return;
            }
        }

        environment.Kill();
    }

    /// <summary>An environment has died.</summary>
    internal void Remove(ExecutionEnvironment environment)
    {
        _pools.Forget(environment);
        lock (_lock)
        {
            _idle.Remove(environment);
            _straggling.Remove(environment);
        }
    }

    /// <summary>A taken environment is busy with something of its own and has no event; it returns, or dies.</summary>
    internal void Straggle(ExecutionEnvironment environment)
    {
        lock (_lock)
        {
            if (!environment.IsStraggling)
            {
                return; // it has returned meanwhile
            }

            if (!_isClosed)
            {
                _straggling.Add(environment);
                return;
            }
        }

        environment.Kill();
    }

    /// <summary>Ends the environments without an event now and the busy ones after theirs.</summary>
    internal void Close(bool isFunctionGone)
    {
        if (isFunctionGone)
        {
            Volatile.Write(ref _isFunctionGone, true);
        }

        ExecutionEnvironment[] idle;
        lock (_lock)
        {
            _isClosed = true;
            idle = [.. _idle, .. _straggling];
            _idle.Clear();
            _straggling.Clear();
        }

        foreach (var environment in idle)
        {
            environment.Kill();
        }
    }

    /// <summary>Ends the environment that has idled longest. False where none idles.</summary>
    internal bool EvictOldest()
    {
        ExecutionEnvironment environment;
        lock (_lock)
        {
            if (_idle.Count == 0)
            {
                return false;
            }

            environment = _idle[0];
            _idle.RemoveAt(0);
        }

        environment.Kill();
        return true;
    }

    /// <summary>Freezes what has idled for a moment and ends what has idled too long.</summary>
    /// <returns>Whether anything idles that is not frozen yet, and whether anything idles at all.</returns>
    internal (bool IsWarm, bool IsIdle) Tend()
    {
        List<ExecutionEnvironment>? old = null;
        List<(ExecutionEnvironment Environment, TaskCompletionSource Done)>? cooling = null;
        var isWarm = false;
        bool isIdle;
        lock (_lock)
        {
            for (var i = _idle.Count - 1; i >= 0; i--)
            {
                var environment = _idle[i];
                var idle = _time.GetElapsedTime(environment.IdleSince);
                if (idle >= _options.KeepAlive || _time.GetElapsedTime(environment.StartedAt) >= _options.MaxEnvironmentAge)
                {
                    _idle.RemoveAt(i);
                    (old ??= []).Add(environment);
                }
                else if (Plan.Engine.Capabilities.Freeze && environment.Freezing is null)
                {
                    if (idle >= _options.FreezeAfter)
                    {
                        // Whoever takes it from here on waits for the engine and thaws it.
                        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        environment.Freezing = done.Task;
                        (cooling ??= []).Add((environment, done));
                    }
                    else
                    {
                        isWarm = true;
                    }
                }
            }

            isIdle = _idle.Count > 0;
        }

        old?.ForEach(static environment => environment.Kill());
        foreach (var (environment, done) in cooling ?? [])
        {
            _pools.Track(FreezeAsync(environment, done));
        }

        return (isWarm, isIdle);
    }

    /// <summary>Makes a taken environment run again. False where it has died.</summary>
    internal static async ValueTask<bool> ThawAsync(ExecutionEnvironment environment)
    {
        if (environment.Freezing is { } freezing)
        {
            await freezing;
            environment.Freezing = null;
            try
            {
                await environment.Workload!.ThawAsync(CancellationToken.None);
            }
            catch (EngineException)
            {
                environment.Kill();
                return false;
            }
        }

        return !environment.IsDead;
    }

    private static async Task FreezeAsync(ExecutionEnvironment environment, TaskCompletionSource done)
    {
        try
        {
            await environment.Workload!.FreezeAsync(CancellationToken.None);
        }
        catch (EngineException)
        {
            environment.Kill();
        }
        finally
        {
            done.SetResult();
        }
    }
}
