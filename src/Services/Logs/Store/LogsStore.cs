using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Store;

/// <summary>Typed reads and writes of groups, streams and events; one database of their own.</summary>
internal sealed class LogsStore(IStore store) : IServiceLifetime, IResettable
{
    internal static readonly Table<LogGroupRecord> Groups = new("logs.group", LogsJson.Default.LogGroupRecord) { WakeAt = group => group.WakeAt };

    internal static readonly Table<LogStreamRecord> Streams = new("logs.stream", LogsJson.Default.LogStreamRecord)
    {
        Indexes = [new("by_age", stream => stream.ByAge)],
    };

    internal static readonly Table<LogGroupUsage> Usage = new("logs.usage", LogsJson.Default.LogGroupUsage);
    internal static readonly Log<LogEventRecord> Events = new("logs.event", new LogEventCodec());

    private IDatabase? _database;

    public string Service => "logs";

    internal IDatabase Database => _database ?? throw new InvalidOperationException("Logs has not started.");

    public async ValueTask StartAsync(CancellationToken cancellationToken) =>
        _database = await store.OpenAsync(
            new DatabaseSchema { Database = "logs", Owner = "logs", Tables = [Groups, Streams, Usage], Logs = [Events] }, cancellationToken);

    public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken) =>
        Database.ResetAsync(
            accountId is null ? null : region is null ? StoreKey.OfAccount(accountId) : StoreKey.Of(accountId, region), "logs", cancellationToken);

    internal static StoreKey Key(Scope scope, string group) => StoreKey.Of(scope.AccountId, scope.Region, group);

    internal static StoreKey Key(Scope scope, string group, string stream) => StoreKey.Of(scope.AccountId, scope.Region, group, stream);

    internal async ValueTask<LogGroupRecord> GetGroupAsync(Scope scope, string group, CancellationToken cancellationToken) =>
        (await Database.GetAsync(Groups, Key(scope, group), cancellationToken)).Value ?? throw LogsErrors.NoSuchGroup();

    internal async ValueTask<LogStreamRecord> GetStreamAsync(Scope scope, string group, string stream, CancellationToken cancellationToken) =>
        (await Database.GetAsync(Streams, Key(scope, group, stream), cancellationToken)).Value ?? throw LogsErrors.NoSuchStream();

    internal async ValueTask<long> GetBytesAsync(Scope scope, string group, CancellationToken cancellationToken) =>
        (await Database.GetAsync(Usage, Key(scope, group), cancellationToken)).Value?.Bytes ?? 0;

    internal ValueTask ChangeGroupAsync(
        Scope scope, string group, Func<LogGroupRecord, LogGroupRecord> change, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            transaction =>
            {
                var key = Key(scope, group);
                transaction.Put(Groups, key, change(transaction.Get(Groups, key).Value ?? throw LogsErrors.NoSuchGroup()));
            },
            cancellationToken);

    /// <summary>Adds events to a stream that exists (null: it does not), in the transaction at hand.</summary>
    internal static bool TryAppend(ITransaction transaction, Scope scope, EventBatch batch, DateTimeOffset now)
    {
        var key = Key(scope, batch.Group, batch.Stream);
        if (transaction.Get(Streams, key).Value is not { } stream)
        {
            return false;
        }

        var group = Key(scope, batch.Group);
        transaction.Append(Events, group, batch.Stream, batch.Encoded);
        transaction.Put(Streams, key, stream.WithEvents(batch.First, batch.Last, now));
        transaction.Put(Usage, group, new LogGroupUsage((transaction.Get(Usage, group).Value?.Bytes ?? 0) + batch.Bytes));
        return true;
    }
}
