using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// The environments of one function configuration. Idle ones are used last in, first out, so that those a burst has left over grow old.
/// Where none is idle as many are started as events wait, and each event takes whichever becomes free first.
/// </summary>
internal sealed class EnvironmentPool(
    EnvironmentPlan plan, EnvironmentLauncher launcher, EnvironmentPools pools, LambdaOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<ExecutionEnvironment> _idle = [];
    private readonly HashSet<ExecutionEnvironment> _straggling = [];
    private readonly Queue<Waiter> _waiters = new();
    private int _starting;
    private bool _isClosed;

    /// <summary>What an event that found no idle environment waits for: an environment, or the result of failed initialisation.</summary>
    internal readonly record struct Acquired(ExecutionEnvironment? Environment, InvocationOutcome Outcome);

    private sealed class Waiter(Invocation invocation)
    {
        private readonly TaskCompletionSource<Acquired> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Invocation Invocation { get; } = invocation;

        internal Task<Acquired> Result => _result.Task;

        internal bool IsServed => _result.Task.IsCompleted;

        internal bool TryServe(Acquired acquired) => _result.TrySetResult(acquired);

        internal bool TryFail(Exception error) => _result.TrySetException(error);
    }

    internal EnvironmentPlan Plan { get; } = plan;

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
    internal int WaitingCount
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

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
    internal Task<Acquired> AcquireAsync(Invocation invocation)
    {
        var waiter = new Waiter(invocation);
        lock (_lock)
        {
            _waiters.Enqueue(waiter);
        }

        StartForNext();
        return waiter.Result;
    }

    /// <summary>
    /// Starts an environment where more events wait than environments are starting. One for each event would be far too many: while the first
    /// ones start, those that run take event after event that found none idle.
    /// </summary>
    private void StartForNext()
    {
        Waiter? next;
        lock (_lock)
        {
            next = _waiters.Where(static waiter => !waiter.IsServed).ElementAtOrDefault(_starting);
            if (next is null)
            {
                return;
            }

            _starting++;
        }

        pools.Track(StartForAsync(next));
    }

    private bool HasWaiters()
    {
        lock (_lock)
        {
            return _waiters.Any(static waiter => !waiter.IsServed);
        }
    }

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

            while (_waiters.TryDequeue(out var waiter))
            {
                if (waiter.TryServe(new(environment, default)))
                {
                    return;
                }
            }

            if (!_isClosed && time.GetElapsedTime(environment.StartedAt) < options.MaxEnvironmentAge)
            {
                environment.IdleSince = time.GetTimestamp();
                _idle.Add(environment);
                pools.NoteIdle();
                return;
            }
        }

        environment.Kill();
    }

    /// <summary>An environment has died.</summary>
    internal void Remove(ExecutionEnvironment environment)
    {
        pools.Forget(environment);
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
    internal void Close()
    {
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
    internal (bool IsWarm, bool IsIdle) Tend(bool canFreeze)
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
                var idle = time.GetElapsedTime(environment.IdleSince);
                if (idle >= options.KeepAlive || time.GetElapsedTime(environment.StartedAt) >= options.MaxEnvironmentAge)
                {
                    _idle.RemoveAt(i);
                    (old ??= []).Add(environment);
                }
                else if (canFreeze && environment.Freezing is null)
                {
                    if (idle >= options.FreezeAfter)
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
            pools.Track(FreezeAsync(environment, done));
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

    private async Task StartForAsync(Waiter waiter)
    {
        try
        {
            if (await TryStartAsync(waiter, isPartOfInvocation: false) || waiter.IsServed)
            {
                return;
            }

            // The initialisation has failed: it is tried once more as part of the invocation, and its result is then the invocation's.
            waiter.Invocation.StartedAt = time.GetTimestamp();
            waiter.Invocation.Deadline = time.GetUtcNow() + waiter.Invocation.Timeout;
            await TryStartAsync(waiter, isPartOfInvocation: true);
        }
        catch (EntrypointException missing)
        {
            waiter.TryServe(new(null, InvocationOutcome.Error(ErrorPayload.NoEntrypoint(waiter.Invocation.RequestId, missing.Path))));
        }
        catch (AwsException refused)
        {
            waiter.TryFail(refused);
        }
        catch (Exception unexpected)
        {
            waiter.TryFail(unexpected);
            throw;
        }
        finally
        {
            ForgetServed();
            lock (_lock)
            {
                _starting--;
            }

            // Others may have counted on the one that failed, or that was given to an event which came before theirs.
            StartForNext();
        }
    }

    // Those that no environment served leave here: a function that never gets ready must not gather the events it was called with.
    private void ForgetServed()
    {
        lock (_lock)
        {
            while (_waiters.TryPeek(out var oldest) && oldest.IsServed)
            {
                _waiters.Dequeue();
            }
        }
    }

    private async Task<bool> TryStartAsync(Waiter waiter, bool isPartOfInvocation)
    {
        var invocation = waiter.Invocation;
        await pools.MakeRoomAsync(Plan);
        var environment = await launcher.StartAsync(Plan, !isPartOfInvocation, HasWaiters, pools.Track);
        if (environment is null)
        {
            return true;
        }

        environment.Pool = this;
        pools.Note(environment);
        var result = await WaitForInitAsync(environment, isPartOfInvocation ? invocation.Timeout : options.InitTimeout);
        if (result is { IsReady: true })
        {
            if (isPartOfInvocation)
            {
                environment.ForgetInit();
            }

            Return(environment);
            await LimitCpuAsync(environment);
            return true;
        }

        environment.Log.InitReport(
            time.GetElapsedTime(environment.StartedAt),
            isPartOfInvocation ? "invoke" : "init",
            result is null ? "timeout" : "error",
            result is null ? null : result.ErrorType ?? ErrorPayload.ExitError);
        if (isPartOfInvocation && !waiter.IsServed)
        {
            waiter.TryServe(new(null, environment.FailInit(invocation, result)));
        }

        environment.Kill();
        return false;
    }

    /// <summary>How initialisation ended; null where it is not over in time. Timers may be a little early, so the clock decides.</summary>
    private async ValueTask<InitResult?> WaitForInitAsync(ExecutionEnvironment environment, TimeSpan limit)
    {
        for (var left = limit; left > TimeSpan.Zero; left = limit - time.GetElapsedTime(environment.StartedAt))
        {
            try
            {
                return await environment.Init.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time);
            }
            catch (TimeoutException)
            {
                // Looks at the clock.
            }
        }

        return null;
    }

    // After initialisation; the event that waits is already with the runtime.
    private async ValueTask LimitCpuAsync(ExecutionEnvironment environment)
    {
        if (Plan.CpuMillis is null || !pools.CanLimitCpu)
        {
            return;
        }

        try
        {
            await environment.Workload!.SetCpuAsync(Plan.CpuMillis, CancellationToken.None);
        }
        catch (EngineException gone) when (gone.Kind == EngineErrorKind.NotRunning)
        {
            environment.Kill();
        }
    }
}
