using Fogbank.Control;
using Fogbank.Services.Ecs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Reconcilers;

/// <summary>Takes deleted task definitions away once no task needs them.</summary>
internal sealed class DefinitionReconciler(EcsStore store) : IReconciler
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken) =>
        await store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcsSchema.Definitions, key).Value is not { DeleteRequestedAt: not null } definition)
                {
                    return Next.Done;
                }

                var users = transaction.ScanIndex(
                    EcsSchema.Tasks, EcsSchema.ByDefinition, IndexRange.Equal($"{definition.Family}:{definition.Revision}"), StoreKey.Of(definition.Scope), 1);
                if (users.Items.Count > 0)
                {
                    return Next.After(LookAgain);
                }

                transaction.Delete(EcsSchema.Definitions, key);
                return Next.Done;
            },
            cancellationToken);
}

/// <summary>Forgets client tokens when their time is over.</summary>
internal sealed class TokenReconciler(EcsStore store, TimeProvider time) : IReconciler
{
    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var (token, version) = await store.Database.GetAsync(EcsSchema.Tokens, key, cancellationToken);
        var now = time.GetUtcNow();
        if (token?.WakeAt is { } later && later > now)
        {
            return Next.After(later - now);
        }

        await store.Database.TryDeleteAsync(EcsSchema.Tokens, key, version, cancellationToken);
        return Next.Done;
    }
}
