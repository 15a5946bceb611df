using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// The events of one function configuration that found no environment idle. As many environments are started as events wait, and each event
/// takes whichever becomes free first.
/// </summary>
internal sealed class WaitingLine(
    EnvironmentPool pool, EnvironmentLauncher launcher, EnvironmentPools pools, LambdaOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiters = new();
    private int _starting;

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

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>Starts an environment for an event and waits for that one or for another that becomes free before.</summary>
    internal Task<Acquired> JoinAsync(Invocation invocation)
    {
        var waiter = new Waiter(invocation);
        lock (_lock)
        {
            _waiters.Enqueue(waiter);
        }

        StartForNext();
        return waiter.Result;
    }

    /// <summary>Gives an environment that became free to the event that has waited longest. False where none waits.</summary>
    internal bool TryServe(ExecutionEnvironment environment)
    {
        lock (_lock)
        {
            while (_waiters.TryDequeue(out var waiter))
            {
                if (waiter.TryServe(new(environment, default)))
                {
                    return true;
                }
            }

            return false;
        }
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
        await pools.MakeRoomAsync(pool.Plan);
        var environment = await launcher.StartAsync(pool.Plan, !isPartOfInvocation, HasWaiters, pools.Track);
        if (environment is null)
        {
            return true;
        }

        environment.Pool = pool;
        pools.Note(environment);
        var result = await WaitForInitAsync(environment, isPartOfInvocation ? invocation.Timeout : options.InitTimeout);
        if (result is { IsReady: true })
        {
            if (isPartOfInvocation)
            {
                environment.ForgetInit();
            }

            pool.Return(environment);
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
        // Where the machine cannot isolate, CPU does not follow memory.
        if (pool.Plan.CpuMillis is null || !pool.Plan.Engine.Capabilities.CpuLimit)
        {
            return;
        }

        try
        {
            await environment.Workload!.SetCpuAsync(pool.Plan.CpuMillis, CancellationToken.None);
        }
        catch (EngineException gone) when (gone.Kind == EngineErrorKind.NotRunning)
        {
            environment.Kill();
        }
    }
}
