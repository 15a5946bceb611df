using Fogbank.Control;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Runtime;
using Fogbank.Services.Ecs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Reconcilers;

/// <summary>Brings a task on, from step to step of its ladder. Long work is begun, never waited for.</summary>
internal sealed class TaskReconciler(
    EcsStore store, LiveTasks live, MachineLedger ledger, ITaskNetworks networks, EcsOptions options, TimeProvider time) : IReconciler
{
    // A task that waits for its place is woken when one comes free; this is for the case that nobody does.
    private static readonly TimeSpan LookForPlace = TimeSpan.FromSeconds(5);

    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var task = EcsStore.TaskKeyOf(key);
        var current = await store.GetTaskAsync(task, cancellationToken);
        while (current.Value is { } record)
        {
            if (record.LastStatus == TaskStatus.Stopped)
            {
                await live.ForgetAsync(task);
                return await ForgetAsync(key, record, current.Version, cancellationToken);
            }

            if (await store.FindDefinitionAsync(record.Scope, record.Family, record.Revision, cancellationToken) is not { } definition)
            {
                throw new InvalidOperationException($"The task definition of {record.Arn} is gone.");
            }

            var step = TaskPlan.For(record, definition.Definition, time.GetUtcNow());
            if (step.Changed is { } changed)
            {
                // Only if nobody was quicker; either way the next round sees what is there.
                current = await store.ChangeTaskAsync(task, now => now.Version == record.Version ? changed : now, cancellationToken);
                continue;
            }

            if (step.Jobs is [{ Kind: TaskJobKind.Admit }])
            {
                if (!ledger.TryAdmit(record))
                {
                    current = await store.ChangeTaskAsync(task, TaskChanges.Waiting, cancellationToken);
                    return Next.After(LookForPlace, current.Version);
                }

                current = await AttachAsync(record, cancellationToken);
                continue;
            }

            var work = live.Get(task);
            foreach (var job in step.Jobs)
            {
                work.Begin(job, record, definition.Definition);
            }

            var wait = step.WakeAt - time.GetUtcNow() is { } until && until < options.LookAgain ? until : options.LookAgain;
            return Next.After(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, current.Version);
        }

        await live.ForgetAsync(task);
        ledger.Release(task);
        return Next.Done;
    }

    private async ValueTask<Versioned<TaskRecord>> AttachAsync(TaskRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var given = await networks.AttachAsync(record, cancellationToken);
            return await store.ChangeTaskAsync(record.Key, task => TaskChanges.Admitted(task, given, time.GetUtcNow()), cancellationToken);
        }
        catch (TaskFailure failure)
        {
            return await store.ChangeTaskAsync(
                record.Key, task => TaskChanges.Stop(task, Contracts.Ecs.TaskStopCode.TaskFailedToStart, failure.Message, time.GetUtcNow()), cancellationToken);
        }
    }

    private async ValueTask<Next> ForgetAsync(StoreKey key, TaskRecord record, long version, CancellationToken cancellationToken)
    {
        var left = (record.StoppedAt ?? record.CreatedAt) + options.KeepStopped - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return Next.After(left, version);
        }

        await store.Database.TryDeleteAsync(EcsSchema.Tasks, key, version, cancellationToken);
        return Next.Done;
    }
}
