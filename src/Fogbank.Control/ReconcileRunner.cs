using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Control;

/// <summary>Runs a reconciler for the rows of a table.</summary>
internal sealed class ReconcileRunner<T>(
    IDatabase database,
    Table<T> table,
    IReconciler reconciler,
    WorkOptions options,
    TimeProvider time,
    Backoff backoff,
    ControlMetrics metrics,
    ILogger logger)
    : WorkRunner(database, table, options, time, backoff, metrics, logger)
    where T : class
{
    private readonly IDatabase _database = database;

    protected override async ValueTask<DateTimeOffset?> PassAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var (record, version) = await _database.GetAsync(table, key, cancellationToken);
        if (record is null)
        {
            return null;
        }

        var next = await reconciler.ReconcileAsync(key, cancellationToken);
        var wakeAt = next.Delay is { } delay ? Time.GetUtcNow() + delay : (DateTimeOffset?)null;
        var kept = await RescheduleAsync(key, next.SeenVersion ?? version, wakeAt);

        // A pass that writes its record and asks for a later one, without telling the time in the record, must not spin on its own writes.
        // One that names the version it has seen has written nothing since: then somebody else did, and the key runs as that write says.
        return kept || next.SeenVersion is not null || next.Delay is not { } rest ? null : Time.GetUtcNow() + (rest < Options.MinBackoff ? rest : Options.MinBackoff);
    }

    protected override async ValueTask PostponeAsync(StoreKey key, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var (record, version) = await _database.GetAsync(table, key, cancellationToken);
        if (record is not null)
        {
            await RescheduleAsync(key, version, until);
        }
    }

    private ValueTask<bool> RescheduleAsync(StoreKey key, long version, DateTimeOffset? wakeAt) =>
        _database.WriteAsync(
            (table, key, version, wakeAt),
            static (transaction, row) => transaction.TryReschedule(row.table, row.key, row.version, row.wakeAt),
            CancellationToken.None);
}
