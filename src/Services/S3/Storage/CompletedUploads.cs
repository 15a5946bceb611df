using Fogbank.Control;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>Forgets completed uploads when their time has come.</summary>
internal sealed class CompletedUploads(IDatabase database) : IReconciler
{
    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        await database.WriteAsync(transaction => { transaction.Delete(S3Tables.Completed, key); }, cancellationToken);
        return Next.Done;
    }
}
