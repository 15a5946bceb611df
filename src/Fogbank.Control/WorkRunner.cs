using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Control;

/// <summary>
/// Runs the due work of one table or outbox. Keys come from commits (at once, as a hint) and from the sweep (for certain); a key stands
/// in the queue or has its pass once at most, and what is told of it meanwhile makes it queue again afterwards. What finds no room in the
/// queue stays due in the store and comes with a later sweep.
/// </summary>
internal abstract partial class WorkRunner : IAsyncDisposable
{
    private const int QueueLength = 4096;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    /// <summary>What a cancelled pass has left to end.</summary>
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);

    private readonly IDatabase _database;
    private readonly IDueSource _source;
    private readonly Backoff _backoff;
    private readonly ControlMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Queue<StoreKey> _queue = new();
    private readonly Dictionary<StoreKey, KeyState> _keys = [];
    private readonly RestingKeys _resting = new();
    private readonly CancellationTokenSource _abort = new();
    private ITimer? _timer;
    private IDisposable? _due;
    private IDisposable? _reset;
    private DateTimeOffset _nextSweep = DateTimeOffset.MaxValue;
    private TaskCompletionSource? _empty;
    private Task _sweep = Task.CompletedTask;
    private int _workers;
    private long _passes;
    private bool _stopping;

    protected WorkRunner(
        IDatabase database, IDueSource source, WorkOptions options, TimeProvider time, Backoff backoff, ControlMetrics metrics, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Concurrency, 1);
        _database = database;
        _source = source;
        Options = options;
        Time = time;
        _backoff = backoff;
        _metrics = metrics;
        _logger = logger;
    }

    private enum KeyState
    {
        Queued,
        Running,

        /// <summary>Running, and told of again since the pass began.</summary>
        Again,
    }

    internal string Name => _source.Name;

    internal int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    internal long Passes => Interlocked.Read(ref _passes);

    /// <summary>Keys that rest after a failure or after writing their own row, for tests.</summary>
    internal int Resting
    {
        get
        {
            lock (_gate)
            {
                return _resting.Count;
            }
        }
    }

    protected WorkOptions Options { get; }

    protected TimeProvider Time { get; }

    /// <summary>One pass for a key, with what it leads to written down.</summary>
    /// <returns>A time before which the key should not run again although its row says otherwise; null almost always.</returns>
    protected abstract ValueTask<DateTimeOffset?> PassAsync(StoreKey key, CancellationToken cancellationToken);

    /// <summary>Writes down that a pass failed, so that a restart does not repeat it sooner.</summary>
    protected abstract ValueTask PostponeAsync(StoreKey key, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Begins with what is due in the store.</summary>
    internal void Start()
    {
        _timer = Time.CreateTimer(static state => ((WorkRunner)state!).BeginSweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _reset = _database.OnReset(ForgetFailures);
        _due = _database.OnDue(_source, Note);
        BeginSweep();
    }

    /// <summary>Takes no more work, waits for the passes under way, and cancels them when the token says so.</summary>
    internal async Task StopAsync(CancellationToken deadline)
    {
        Task sweep;
        lock (_gate)
        {
            _stopping = true;
            _queue.Clear();
            sweep = _sweep;
        }

        _due?.Dispose();
        _reset?.Dispose();
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await sweep;
        var empty = WhenEmptyAsync();
        try
        {
            await empty.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            await _abort.CancelAsync();
            try
            {
                await empty.WaitAsync(AbortGrace, Time, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                // A pass that does not listen to its token must not keep the process from ending; its key is still due.
                LogAbandoned(_logger, Name);
            }
        }
    }

    /// <summary>Completes when no key waits and none has its pass.</summary>
    internal Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            return _workers == 0 ? Task.CompletedTask : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Reads what is due and queues it.</summary>
    /// <returns>How many keys were queued.</returns>
    internal async Task<int> SweepAsync()
    {
        var now = Time.GetUtcNow();
        int limit;
        lock (_gate)
        {
            // Those under way are still due in the store and must not hide the ones behind them.
            limit = _keys.Count + _resting.Count + QueueLength;
        }

        var due = await _database.ReadDueAsync(_source, now, limit, CancellationToken.None);
        lock (_gate)
        {
            if (_resting.Count > 0 && due.Count < limit)
            {
                // All that is due is here: a key that is not was deleted, or settled by somebody else.
                _resting.ForgetOthers([.. due.Select(key => key.Key), .. _keys.Keys], now);
            }
        }

        var queued = 0;
        foreach (var key in due)
        {
            lock (_gate)
            {
                if (!_keys.ContainsKey(key.Key) && Enqueue(key.Key, now))
                {
                    queued++;
                }
            }
        }

        if (await _database.NextDueAsync(_source, CancellationToken.None) is { } next && next > now)
        {
            SweepBy(next);
        }

        return queued;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await StopAsync(now.Token);
        _abort.Dispose();
    }

    private void BeginSweep()
    {
        lock (_gate)
        {
            if (!_stopping && _sweep.IsCompleted)
            {
                _nextSweep = DateTimeOffset.MaxValue;
                _sweep = SweepAndPlanAsync();
            }
        }
    }

    private async Task SweepAndPlanAsync()
    {
        await Task.Yield();
        try
        {
            await SweepAsync();
        }
        catch (Exception failure)
        {
            _metrics.Failed(Name);
            LogSweepFailed(_logger, Name, failure);
        }

        SweepBy(Time.GetUtcNow() + SweepEvery);
    }

    /// <summary>Sees to a sweep not later than a time.</summary>
    private void SweepBy(DateTimeOffset time)
    {
        lock (_gate)
        {
            if (_stopping || _timer is null || time >= _nextSweep)
            {
                return;
            }

            _nextSweep = time;
            var wait = time - Time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A commit gave a key a wake time. On the writer's thread: takes note, no more.</summary>
    private void Note(DueKey due)
    {
        var now = Time.GetUtcNow();
        if (due.WakeAt > now)
        {
            SweepBy(due.WakeAt);
            return;
        }

        lock (_gate)
        {
            if (!_keys.TryGetValue(due.Key, out var state))
            {
                Enqueue(due.Key, now);
            }
            else if (state == KeyState.Running)
            {
                _keys[due.Key] = KeyState.Again;
            }
        }
    }

    /// <summary>Under the gate. False: there is no room, or the key rests.</summary>
    private bool Enqueue(StoreKey key, DateTimeOffset now)
    {
        if (_stopping || _queue.Count >= QueueLength || _resting.IsResting(key, now))
        {
            return false;
        }

        _keys.Add(key, KeyState.Queued);
        _queue.Enqueue(key);
        if (_workers < Options.Concurrency)
        {
            _workers++;
            ThreadPool.UnsafeQueueUserWorkItem(static runner => _ = runner.WorkAsync(), this, preferLocal: false);
        }

        return true;
    }

    /// <summary>A worker: passes, one after another, until the queue is empty.</summary>
    private async Task WorkAsync()
    {
        while (TryTake(out var key))
        {
            await RunAsync(key);
            lock (_gate)
            {
                _keys.Remove(key, out var state);
                if (state == KeyState.Again)
                {
                    Enqueue(key, Time.GetUtcNow());
                }
            }
        }
    }

    private bool TryTake(out StoreKey key)
    {
        lock (_gate)
        {
            if (_queue.TryDequeue(out key))
            {
                _keys[key] = KeyState.Running;
                return true;
            }

            if (--_workers == 0)
            {
                // Keys that a stop threw out of the queue are forgotten here; in the store they are still due.
                _keys.Clear();
                _empty?.TrySetResult();
                _empty = null;
            }

            return false;
        }
    }

    private async Task RunAsync(StoreKey key)
    {
        var started = Time.GetTimestamp();
        Interlocked.Increment(ref _passes);
        try
        {
            using var pass = Options.PassTimeout is { } limit ? new CancellationTokenSource(limit, Time) : new CancellationTokenSource();
            await using var abort = _abort.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), pass);
            var notBefore = await PassAsync(key, pass.Token);
            _metrics.Passed(Name, Time.GetElapsedTime(started));
            Succeeded(key, notBefore);
        }
        catch (Exception failure)
        {
            await FailedAsync(key, failure);
        }
    }

    private void Succeeded(StoreKey key, DateTimeOffset? notBefore)
    {
        lock (_gate)
        {
            if (notBefore is { } time)
            {
                _resting.Rest(key, time);
            }
            else
            {
                _resting.Forget(key);
            }
        }

        if (notBefore is { } rest)
        {
            SweepBy(rest);
        }
    }

    private async Task FailedAsync(StoreKey key, Exception failure)
    {
        if (_abort.IsCancellationRequested && failure is OperationCanceledException)
        {
            // The stop's deadline ended it; it is still due, and the next start takes it up.
            LogAborted(_logger, Name, key.ToString());
            return;
        }

        int attempts;
        DateTimeOffset until;
        lock (_gate)
        {
            attempts = _resting.AttemptsOf(key) + 1;
            until = Time.GetUtcNow() + _backoff.After(Options, attempts);
            _resting.Fail(key, attempts, until);
        }

        _metrics.Failed(Name);
        LogPassFailed(_logger, Name, key.ToString(), attempts, until, failure);
        try
        {
            await PostponeAsync(key, until, CancellationToken.None);
        }
        catch (Exception second)
        {
            // Not written down: then only this run knows that the key has to rest.
            LogNotPostponed(_logger, Name, key.ToString(), second);
        }

        SweepBy(until);
    }

    private void ForgetFailures()
    {
        lock (_gate)
        {
            _resting.Clear();
        }
    }
}
