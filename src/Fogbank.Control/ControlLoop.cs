using System.Diagnostics.Metrics;
using Fogbank.Kernel;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Control;

/// <summary>All due work of a region: modules register theirs, the host starts and stops it.</summary>
public sealed class ControlLoop : IControl, IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Backoff _backoff;
    private readonly ControlMetrics _metrics;
    private readonly Lock _gate = new();
    private List<WorkRunner> _runners = [];
    private bool _started;
    private bool _disposed;

    /// <param name="time">Decides what is due.</param>
    /// <param name="random">For the random part of back-off.</param>
    /// <param name="loggers">Failed passes are logged here.</param>
    /// <param name="meters">Null: meters of the loop's own.</param>
    public ControlLoop(TimeProvider time, IIdSource random, ILoggerFactory loggers, IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(loggers);
        _time = time;
        _logger = loggers.CreateLogger("Fogbank.Control");
        _backoff = new Backoff(random);
        _metrics = new ControlMetrics(meters, Depths);
    }

    /// <summary>Keys that rest after a failure, for tests.</summary>
    internal int Resting => _runners.Sum(runner => runner.Resting);

    public void Add<T>(IDatabase database, Table<T> table, IReconciler reconciler, WorkOptions? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.WakeAt is null)
        {
            throw new ArgumentException($"Table \"{table.Name}\" declares no wake time, so it has no due work.", nameof(table));
        }

        Add(new ReconcileRunner<T>(database, table, reconciler, options ?? new WorkOptions(), _time, _backoff, _metrics, _logger));
    }

    public void Add<T>(IDatabase database, Outbox<T> outbox, IOutboxConsumer<T> consumer, WorkOptions? options = null)
        where T : class =>
        Add(new OutboxRunner<T>(database, outbox, consumer, options ?? new WorkOptions(), _time, _backoff, _metrics, _logger));

    /// <summary>Begins with what is due already. Once; what is registered later begins at once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_started)
            {
                throw new InvalidOperationException("The control loop runs already.");
            }

            _started = true;
            foreach (var runner in _runners)
            {
                runner.Start();
            }
        }
    }

    /// <summary>
    /// Runs everything that is due now, and what becomes due by that, until nothing is: for tests, which move the time themselves. Works before <see cref="Start"/>
    /// too, and then nothing runs in between.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = _runners.Sum(runner => runner.Passes);
            foreach (var runner in _runners)
            {
                await runner.SweepAsync().WaitAsync(cancellationToken);
                await runner.WhenEmptyAsync().WaitAsync(cancellationToken);
            }

            if (_runners.Sum(runner => runner.Passes) == before)
            {
                return;
            }
        }
    }

    /// <summary>Takes no more work and waits for the passes under way; those that outlast the grace are cancelled. What was not done is still due.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        using var deadline = new CancellationTokenSource(grace, _time);
        await Task.WhenAll(_runners.Select(runner => runner.StopAsync(deadline.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var runner in _runners)
        {
            await runner.DisposeAsync();
        }

        _metrics.Dispose();
    }

    private void Add(WorkRunner runner)
    {
        lock (_gate)
        {
            if (_runners.Exists(other => other.Name == runner.Name))
            {
                throw new ArgumentException($"The due work of \"{runner.Name}\" is registered twice.");
            }

            _runners = [.. _runners, runner];
            if (_started)
            {
                runner.Start();
            }
        }
    }

    private IEnumerable<Measurement<int>> Depths() =>
        _runners.Select(runner => new Measurement<int>(runner.Waiting, new KeyValuePair<string, object?>("work", runner.Name)));
}
