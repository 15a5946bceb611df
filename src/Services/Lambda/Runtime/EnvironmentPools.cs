using System.Collections.Concurrent;
using Fogbank.Services.Lambda.Domain;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>The pools of all functions, and the loop that freezes and retires what idles in them. Memory only: a restart starts cold.</summary>
internal sealed partial class EnvironmentPools : IAsyncDisposable
{
    private static readonly TimeSpan SlowTick = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RoomInterval = TimeSpan.FromMilliseconds(5);

    private const int RoomAttempts = 100;

    private readonly ConcurrentDictionary<PoolKey, EnvironmentPool> _pools = new();
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly ConcurrentDictionary<ExecutionEnvironment, bool> _running = new();
    private readonly EnvironmentLauncher _launcher;
    private readonly MemoryBudget _budget;
    private readonly ConcurrencyGate _gate;
    private readonly LambdaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EnvironmentPools> _logger;
    private readonly ITimer _timer;
    private int _isTicking;

    public EnvironmentPools(
        EnvironmentLauncher launcher, MemoryBudget budget, ConcurrencyGate gate, LambdaOptions options, TimeProvider time,
        ILogger<EnvironmentPools> logger)
    {
        _launcher = launcher;
        _budget = budget;
        _gate = gate;
        _options = options;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static state => ((EnvironmentPools)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private readonly record struct PoolKey(FunctionKey Function, string Version, string ConfigurationId);

    /// <summary>Configurations that have a pool, for tests.</summary>
    internal int PoolCount => _pools.Count;

    /// <summary>Environments and other work under way, for tests.</summary>
    internal int TaskCount => _tasks.Count;

    /// <summary>Environments that wait for an event, in all pools.</summary>
    internal int IdleCount => _pools.Values.Sum(static pool => pool.IdleCount);

    /// <summary>Events that wait for an environment, for tests.</summary>
    internal int WaitingCount => _pools.Values.Sum(static pool => pool.WaitingCount);

    internal EnvironmentPool GetPool(EnvironmentPlan plan) => _pools.GetOrAdd(
        KeyOf(plan),
        static (_, state) => new EnvironmentPool(state.plan, state.Pools._launcher, state.Pools, state.Pools._options, state.Pools._time),
        (plan, Pools: this));

    /// <summary>A function was changed or deleted (null): closes the pools of configurations that are no longer served. Quick.</summary>
    internal void Sync(FunctionKey function, FunctionRecord? record)
    {
        foreach (var (key, _) in _pools)
        {
            if (key.Function == function
                && (record is null
                    || (key.Version == FunctionReference.Latest
                        && key.ConfigurationId != record.Latest.ConfigurationId
                        && key.ConfigurationId != record.Serving?.ConfigurationId)))
            {
                Close(key, record is null);
            }
        }

        // The pools first: whoever still learns of an environment looks at its pool and forgets again.
        if (record is null)
        {
            ForgetFunction(function);
        }
        else if (record.ReservedConcurrency is null)
        {
            _gate.Forget(function);
        }
    }

    /// <summary>Nothing that was counted or seen of a function stays.</summary>
    internal void ForgetFunction(FunctionKey function)
    {
        _budget.Forget(function);
        _gate.Forget(function);
    }

    internal void CloseVersion(FunctionKey function, string version) =>
        CloseWhere(key => key.Function == function && key.Version == version, isFunctionGone: false);

    /// <summary>Closes the pool of a configuration that nothing serves any more. Configurations do not come back.</summary>
    internal void CloseStale(EnvironmentPool pool, bool isFunctionGone)
    {
        Close(KeyOf(pool.Plan), isFunctionGone);
        if (isFunctionGone)
        {
            ForgetFunction(pool.Plan.Function);
        }
    }

    /// <summary>Closes everything (null, null), an account's, or an account's in one region.</summary>
    internal void CloseScope(string? accountId, string? region)
    {
        bool IsMeant(FunctionKey function) =>
            (accountId is null || function.Scope.AccountId == accountId) && (region is null || function.Scope.Region == region);
        CloseWhere(key => IsMeant(key.Function), isFunctionGone: true);
        _budget.ForgetWhere(IsMeant);
        _gate.ForgetWhere(IsMeant);
    }

    /// <summary>Something idles: the loop will see to it.</summary>
    internal void NoteIdle()
    {
        if (Volatile.Read(ref _isTicking) == 0 && Interlocked.Exchange(ref _isTicking, 1) == 0)
        {
            _timer.Change(_options.FreezeAfter, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends idle environments of other functions where the machine has no room left, and waits a moment for what they give back.</summary>
    internal async ValueTask MakeRoomAsync(EnvironmentPlan plan)
    {
        var share = _budget.Estimate(plan.Function, plan.Version.MemoryMegabytes);
        for (var attempt = 0; attempt < RoomAttempts && !_budget.HasRoom(share); attempt++)
        {
            if (!_pools.Values.Any(static pool => pool.EvictOldest()) && attempt == 0)
            {
                return;
            }

            await Task.Delay(RoomInterval, _time);
        }
    }

    /// <summary>Looks after work that outlives its caller, until it is done or the region ends.</summary>
    internal void Track(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }

        _tasks.TryAdd(task, true);
        _ = task.ContinueWith(
            static (done, state) =>
            {
                var pools = (EnvironmentPools)state!;
                pools._tasks.TryRemove(done, out _);
                if (done.Exception is { } failed)
                {
                    LogFailed(pools._logger, failed.GetBaseException());
                }
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>An environment runs from here on until it is forgotten.</summary>
    internal void Note(ExecutionEnvironment environment)
    {
        _running.TryAdd(environment, true);
        if (environment.IsDead)
        {
            Forget(environment);
        }
    }

    internal void Forget(ExecutionEnvironment environment) => _running.TryRemove(environment, out _);

    /// <summary>Ends every environment, the busy ones too; waits until all is gone, or for the token.</summary>
    internal async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        CloseScope(null, null);
        foreach (var environment in _running.Keys)
        {
            environment.Kill();
        }

        try
        {
            await Task.WhenAll(_tasks.Keys).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The engine ends what is left when it is disposed.
        }
    }

    public async ValueTask DisposeAsync() => await _timer.DisposeAsync();

    private static PoolKey KeyOf(EnvironmentPlan plan) => new(plan.Function, plan.Version.Version, plan.Version.ConfigurationId);

    private void CloseWhere(Func<PoolKey, bool> isMeant, bool isFunctionGone)
    {
        foreach (var key in _pools.Keys.Where(isMeant))
        {
            Close(key, isFunctionGone);
        }
    }

    private void Close(PoolKey key, bool isFunctionGone)
    {
        if (_pools.TryRemove(key, out var pool))
        {
            pool.Close(isFunctionGone);
        }
    }

    private void Tick()
    {
        bool isWarm = false, isIdle = false;
        foreach (var pool in _pools.Values)
        {
            var (warm, idle) = pool.Tend();
            isWarm |= warm;
            isIdle |= idle;
        }

        if (isWarm)
        {
            _timer.Change(_options.FreezeAfter / 2, Timeout.InfiniteTimeSpan);
            return;
        }

        // From here on the next that idles sets the timer; should one have come meanwhile, the slow tick finds it.
        Volatile.Write(ref _isTicking, 0);
        if (isIdle && Volatile.Read(ref _isTicking) == 0)
        {
            _timer.Change(SlowTick, Timeout.InfiniteTimeSpan);
        }
    }

    [LoggerMessage(LogLevel.Error, "Work for an execution environment failed")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
