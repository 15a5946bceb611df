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
        var expiresAt = await store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Uploads, key).Value is not { } upload)
                {
                    return null;
                }

                // Something may have come since this fell due; then it falls due again.
                if (upload.ExpiresAt > now)
                {
                    return upload.ExpiresAt;
                }

                BlobUploads.Drop(transaction, key);
                return (DateTimeOffset?)null;
            },
            cancellationToken);
        return expiresAt is { } later ? Next.After(later - now) : Next.Done;
    }
}
