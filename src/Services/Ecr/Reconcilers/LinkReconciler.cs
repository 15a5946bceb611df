using Fogbank.Control;
using Fogbank.Services.Ecr.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Reconcilers;

/// <summary>Lets go of a blob that no image of its repository has used for long enough. The last repository's link takes the bytes along.</summary>
internal sealed class LinkReconciler(EcrStore store, TimeProvider time) : IReconciler
{
    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var expiresAt = await store.Database.WriteAsync(
            transaction =>
            {
                // Read again here: a manifest that uses it, or a push that was told of it, may have come since.
                if (transaction.Get(EcrSchema.Links, key).Value is not { Images: 0, ExpiresAt: { } expires } link)
                {
                    return null;
                }

                if (expires > now)
                {
                    return expires;
                }

                transaction.ReleaseBlob(new BlobId(link.Blob));
                transaction.Delete(EcrSchema.Links, key);
                return (DateTimeOffset?)null;
            },
            cancellationToken);
        return expiresAt is { } later ? Next.After(later - now) : Next.Done;
    }
}
