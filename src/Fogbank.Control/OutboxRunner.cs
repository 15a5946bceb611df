using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Control;

/// <summary>Runs a consumer for the heads of an outbox.</summary>
internal sealed class OutboxRunner<T>(
    IDatabase database,
    Outbox<T> outbox,
    IOutboxConsumer<T> consumer,
    WorkOptions options,
    TimeProvider time,
    Backoff backoff,
    ControlMetrics metrics,
    ILogger logger)
    : WorkRunner(database, outbox, options, time, backoff, metrics, logger)
    where T : class
{
    private readonly IDatabase _database = database;

    protected override async ValueTask<DateTimeOffset?> PassAsync(StoreKey key, CancellationToken cancellationToken)
    {
        if (await _database.PeekAsync(outbox, key, cancellationToken) is not { } item)
        {
            return null;
        }

        var next = await consumer.ConsumeAsync(item, cancellationToken);
        var now = Time.GetUtcNow();
        await _database.WriteAsync(
            (outbox, key, item.Number, next.Delay, now),
            static (transaction, done) => done.Delay is { } delay
                ? transaction.Postpone(done.outbox, done.key, done.Number, done.now + delay)
                : transaction.Complete(done.outbox, done.key, done.Number, done.now),
            CancellationToken.None);
        return null;
    }

    protected override async ValueTask PostponeAsync(StoreKey key, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (await _database.PeekAsync(outbox, key, cancellationToken) is { } item)
        {
            await _database.WriteAsync(
                (outbox, key, item.Number, until),
                static (transaction, row) => transaction.Postpone(row.outbox, row.key, row.Number, row.until),
                cancellationToken);
        }
    }
}
