using Fogbank.Control;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Reconcilers;
using Fogbank.Services.Ecs.Runtime;
using Fogbank.Services.Ecs.Store;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Ecs;

/// <summary>Start, end and reset of the service.</summary>
internal sealed partial class EcsLifetime(
    EcsStore store, LiveTasks live, MachineLedger ledger, EngineSet engines, IControl control, TaskReconciler tasks, DefinitionReconciler definitions, TokenReconciler tokens, TimeProvider time, ILogger<EcsLifetime> logger)
    : IServiceLifetime, IResettable, IDisposable
{
    private const string Group = "ecs";

    private readonly CancellationTokenSource _stop = new();
    private Task _sweep = Task.CompletedTask;

    public string Service => Group;

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken);

        // Tasks outlive the region: those that have a place are counted, and all are looked at at once.
        var found = await store.ListLiveAsync(null, cancellationToken);
        foreach (var task in found.Where(task => task.IsAdmitted))
        {
            ledger.Restore(task);
        }

        var now = time.GetUtcNow();
        await store.Database.WriteAsync(
            transaction =>
            {
                foreach (var task in found)
                {
                    transaction.Put(EcsSchema.Tasks, EcsStore.KeyOf(task.Key), task with { WakeAt = now });
                }
            },
            cancellationToken);
        control.Add(store.Database, EcsSchema.Tasks, tasks, new WorkOptions { Concurrency = 32, MinBackoff = TimeSpan.FromMilliseconds(20) });
        control.Add(store.Database, EcsSchema.Definitions, definitions, new WorkOptions { Concurrency = 1 });
        control.Add(store.Database, EcsSchema.Tokens, tokens, new WorkOptions { Concurrency = 1 });
        if (engines.Images.Capabilities.Groups)
        {
            _sweep = SweepAsync(found.Select(task => task.Id).ToHashSet(StringComparer.Ordinal), _stop.Token);
        }
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _sweep;
        await live.CloseAsync(cancellationToken);
    }

    public async ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken)
    {
        StoreKey? under = accountId is null ? null : region is null ? StoreKey.OfAccount(accountId) : StoreKey.Of(accountId, region);
        var ended = await store.ListLiveAsync(under, cancellationToken);
        await store.Database.ResetAsync(accountId, region, Group, cancellationToken);
        foreach (var task in ended)
        {
            await live.ForgetAsync(task.Key);
            ledger.Release(task.Key);
            if (engines.Images.Capabilities.Groups && await engines.Images.FindGroupAsync(task.Id, cancellationToken) is { } group)
            {
                await group.RemoveAsync(cancellationToken);
                await group.DisposeAsync();
            }
        }
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Takes away what no record claims: frames of tasks that were reset, or that a data folder of an earlier day knew.</summary>
    private async Task SweepAsync(HashSet<string> claimed, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await foreach (var id in engines.Images.ListGroupsAsync(cancellationToken))
            {
                // Only names in the form of a task's: other services have groups too.
                if (id.Length == 32 && id.All(char.IsAsciiHexDigitLower) && !claimed.Contains(id)
                    && (await store.ListLiveAsync(null, cancellationToken)).All(task => task.Id != id)
                    && await engines.Images.FindGroupAsync(id, cancellationToken) is { } group)
                {
                    LogUnclaimed(logger, id);
                    await group.RemoveAsync(cancellationToken);
                    await group.DisposeAsync();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The region stops.
        }
        catch (Exception failure)
        {
            LogSweepFailed(logger, failure);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Nobody claims the task {WorkloadId} that runs on this machine: it is removed")]
    private static partial void LogUnclaimed(ILogger logger, string workloadId);

    [LoggerMessage(LogLevel.Warning, "Tasks that nobody claims could not be looked for")]
    private static partial void LogSweepFailed(ILogger logger, Exception failure);
}
