using Fogbank.Control;
using Fogbank.Services.Logs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Reconcilers;

/// <summary>Drops events that outlived their group's retention. Reads hide them already; this frees the disk.</summary>
internal sealed class RetentionReconciler(LogsStore store, TimeProvider time) : IReconciler
{
    internal static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var group = (await store.Database.GetAsync(LogsStore.Groups, key, cancellationToken)).Value;
        if (group?.ExpiryAt(time.GetUtcNow()) is not { } expiry)
        {
            return Next.Done;
        }

        await store.Database.WriteAsync(transaction => transaction.DropLog(LogsStore.Events, key, expiry), cancellationToken);
        return Next.After(Interval);
    }
}
