using Fogbank.Control;
using Fogbank.Services.Ecr.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Reconcilers;

/// <summary>Gives up uploads to which nothing has come for long enough.</summary>
internal sealed class UploadReconciler(EcrStore store, TimeProvider time) : IReconciler
{
    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Uploads, key).Value?.ExpiresAt <= now)
                {
                    BlobUploads.Drop(transaction, key);
                }
            },
            cancellationToken);
        return Next.Done;
    }
}
