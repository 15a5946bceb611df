using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Reconcilers;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;

namespace Fogbank.Services.Lambda;

/// <summary>Start, end and reset of the service.</summary>
internal sealed class LambdaLifetime(
    LambdaStore store, AsyncEventStore events, FunctionCatalog catalog, EnvironmentPools pools, IControl control,
    FunctionReconciler functions, AsyncEventReconciler asyncEvents) : IServiceLifetime, IResettable
{
    private const string Group = "lambda";

    // The largest image on a slow disk.
    private static readonly TimeSpan PrepareTime = TimeSpan.FromMinutes(30);

    public string Service => Group;

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken);
        await events.OpenAsync(cancellationToken);
        control.Add(store.Control, LambdaSchema.Functions, functions, new WorkOptions { Concurrency = 4, PassTimeout = PrepareTime });

        // A pass is an invocation: as many side by side as an account may have, and as long as a function may run.
        control.Add(events.Queue, LambdaSchema.Events, asyncEvents, new WorkOptions { Concurrency = 256, PassTimeout = null });
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => pools.StopAsync(cancellationToken);

    public async ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken)
    {
        StoreKey? under = accountId is null ? null : region is null ? StoreKey.OfAccount(accountId) : StoreKey.Of(accountId, region);
        await store.Control.ResetAsync(under, Group, cancellationToken);
        await events.Queue.ResetAsync(under, Group, cancellationToken);
        catalog.Clear();
        pools.CloseScope(accountId, region);
    }
}
