using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Control;

/// <summary>
/// Runs the due work of one table or outbox. Keys come from commits (at once, as a hint) and from the sweep (for certain). What finds no
/// room in the queue stays due in the store and comes with a later sweep.
/// </summary>
internal abstract partial class WorkRunner : IAsyncDisposable
{
    /// <summary>What a cancelled pass has left to end.</summary>
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);

    private readonly IDatabase _database;
    private readonly IDueSource _source;
    private readonly Backoff _backoff;
    private readonly ControlMetrics _metrics;
    private readonly ILogger _logger;
    private readonly WorkQueue _queue;
    private readonly SweepTimer _sweeps;
    private readonly CancellationTokenSource _abort = new();
    private IDisposable? _due;
    private IDisposable? _reset;
    private long _passes;

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
        _queue = new WorkQueue(options.Concurrency, () => ThreadPool.UnsafeQueueUserWorkItem(static runner => _ = runner.WorkAsync(), this, preferLocal: false));
        _sweeps = new SweepTimer(TrySweepAsync, time);
    }

    internal string Name => _source.Name;

    internal int Waiting => _queue.Waiting;

    internal long Passes => Interlocked.Read(ref _passes);

    /// <summary>Keys that rest after a failure or after writing their own row, for tests.</summary>
    internal int Resting => _queue.Resting;

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
        _sweeps.Start();
        _reset = _database.OnReset(_queue.ForgetFailures);
        _due = _database.OnDue(_source, Note);
        _sweeps.Begin();
    }

    /// <summary>Takes no more work, waits for the passes under way, and cancels them when the token says so.</summary>
    internal async Task StopAsync(CancellationToken deadline)
    {
        _queue.Close();
        _due?.Dispose();
        _reset?.Dispose();
        await _sweeps.StopAsync();
        var empty = _queue.WhenEmptyAsync();
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
    internal Task WhenEmptyAsync() => _queue.WhenEmptyAsync();

    /// <summary>Reads what is due and queues it.</summary>
    /// <returns>How many keys were queued.</returns>
    internal async Task<int> SweepAsync()
    {
        var now = Time.GetUtcNow();
        var limit = _queue.SweepLimit;
        var due = await _database.ReadDueAsync(_source, now, limit, CancellationToken.None);
        if (due.Count < limit)
        {
            _queue.ForgetOthers(due, now);
        }

        var queued = due.Count(key => _queue.TryAdd(key.Key, now));
        if (await _database.NextDueAsync(_source, CancellationToken.None) is { } next && next > now)
        {
            _sweeps.By(next);
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

    private async Task TrySweepAsync()
    {
        try
        {
            await SweepAsync();
        }
        catch (Exception failure)
        {
            _metrics.Failed(Name);
            LogSweepFailed(_logger, Name, failure);
        }
    }

    /// <summary>A commit gave a key a wake time. On the writer's thread: takes note, no more.</summary>
    private void Note(DueKey due)
    {
        var now = Time.GetUtcNow();
        if (due.WakeAt > now)
        {
            _sweeps.By(due.WakeAt);
            return;
        }

        _queue.Tell(due.Key, now);
    }

    /// <summary>A worker: passes, one after another, until the queue is empty.</summary>
    private async Task WorkAsync()
    {
        while (_queue.TryTake(out var key))
        {
            await RunAsync(key);
            _queue.Finish(key, Time.GetUtcNow());
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
            _queue.Succeed(key, notBefore);
            if (notBefore is { } rest)
            {
                _sweeps.By(rest);
            }
        }
        catch (Exception failure)
        {
            await FailedAsync(key, failure);
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

        var (attempts, until) = _queue.Fail(key, attempts => Time.GetUtcNow() + _backoff.After(Options, attempts));
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

        _sweeps.By(until);
    }
}
