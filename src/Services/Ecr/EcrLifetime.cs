using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Reconcilers;
using Fogbank.Services.Ecr.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecr;

/// <summary>Start, end and reset of the registry.</summary>
internal sealed class EcrLifetime(EcrStore store, IControl control, LinkReconciler links, UploadReconciler uploads) : IServiceLifetime, IResettable
{
    public string Service => "ecr";

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken);
        control.Add(store.Database, EcrSchema.Links, links);
        control.Add(store.Database, EcrSchema.Uploads, uploads);
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken) =>
        store.Database.ResetAsync(accountId, region, null, cancellationToken);
}
