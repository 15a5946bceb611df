using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Store;

/// <summary>Typed reads and writes of ECS. Changes of a task that clients can see are published as events.</summary>
internal sealed class EcsStore(IStore store, IEventSink events, TimeProvider time)
{
    private IDatabase? _database;

    internal IDatabase Database => _database ?? throw new InvalidOperationException("ECS has not started.");

    internal async ValueTask OpenAsync(CancellationToken cancellationToken) => _database = await store.OpenAsync(EcsSchema.Control, cancellationToken);

    internal static StoreKey KeyOf(TaskKey key) => StoreKey.Of(key.Scope, key.Cluster, key.Id);

    internal static TaskKey TaskKeyOf(StoreKey key) => new(key.Scope, key.Text(2), key.Text(3));

    internal static StoreKey DefinitionKey(Scope scope, string family, int revision) => StoreKey.Of(scope, family, (long)revision);

    internal async ValueTask<ClusterRecord?> FindClusterAsync(Scope scope, string name, CancellationToken cancellationToken) =>
        (await Database.GetAsync(EcsSchema.Clusters, StoreKey.Of(scope, name), cancellationToken)).Value;

    /// <summary>The active cluster that a request means.</summary>
    internal async ValueTask<ClusterRecord> GetClusterAsync(string? given, Scope scope, CancellationToken cancellationToken) =>
        EcsArn.ClusterName(given, scope) is { } name
        && await FindClusterAsync(scope, name, cancellationToken) is { Status: ClusterRecord.Active } cluster
            ? cluster
            : throw EcsErrors.ClusterNotFound();

    internal ValueTask<ClusterRecord> ChangeClusterAsync(
        Scope scope, string name, Func<ITransaction, ClusterRecord, ClusterRecord> change, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            transaction =>
            {
                var key = StoreKey.Of(scope, name);
                var current = transaction.Get(EcsSchema.Clusters, key).Value;
                var next = change(transaction, current is { Status: ClusterRecord.Active } ? current : throw EcsErrors.ClusterNotFound());
                transaction.Put(EcsSchema.Clusters, key, next);
                return next;
            },
            cancellationToken);

    internal async ValueTask<TaskDefinitionRecord?> FindDefinitionAsync(Scope scope, string family, int revision, CancellationToken cancellationToken) =>
        (await Database.GetAsync(EcsSchema.Definitions, DefinitionKey(scope, family, revision), cancellationToken)).Value;

    /// <summary>The definition that a request means; without a revision the newest active one. Null where there is none.</summary>
    internal async ValueTask<TaskDefinitionRecord?> FindDefinitionAsync(string given, Scope scope, CancellationToken cancellationToken)
    {
        if (!EcsArn.TryTaskDefinition(given, scope, out var family, out var revision))
        {
            return null;
        }

        revision ??= (await Database.GetAsync(EcsSchema.Families, StoreKey.Of(scope, family), cancellationToken)).Value?.ActiveRevision;
        return revision is { } number ? await FindDefinitionAsync(scope, family, number, cancellationToken) : null;
    }

    internal ValueTask<Versioned<TaskRecord>> GetTaskAsync(TaskKey key, CancellationToken cancellationToken) =>
        Database.GetAsync(EcsSchema.Tasks, KeyOf(key), cancellationToken);

    /// <summary>Changes a task and makes it due; null where it is gone.</summary>
    /// <param name="change">Pure; gives back the same record where nothing is to change.</param>
    internal ValueTask<Versioned<TaskRecord>> ChangeTaskAsync(TaskKey key, Func<TaskRecord, TaskRecord> change, CancellationToken cancellationToken) =>
        ChangeTaskAsync(key, (_, task) => change(task), cancellationToken);

    internal async ValueTask<Versioned<TaskRecord>> ChangeTaskAsync(
        TaskKey key, Func<ITransaction, TaskRecord, TaskRecord> change, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (before, after) = await Database.WriteAsync(
            (TaskRecord? Before, Versioned<TaskRecord> After) (ITransaction transaction) =>
            {
                var row = KeyOf(key);
                var current = transaction.Get(EcsSchema.Tasks, row);
                if (current.Value is not { } task)
                {
                    return (null, current);
                }

                var next = change(transaction, task);
                if (TaskChanges.IsSame(task, next))
                {
                    return (task, current);
                }

                // Whoever sets a time of its own means it; all else is looked at again at once.
                next = next with { Version = task.Version + 1, WakeAt = next.WakeAt == task.WakeAt ? now : next.WakeAt };
                return (task, new Versioned<TaskRecord>(next, transaction.Put(EcsSchema.Tasks, row, next)));
            },
            cancellationToken);
        if (after.Value is { } changed && !ReferenceEquals(changed, before))
        {
            TaskEvents.Publish(events, changed);
        }

        return after;
    }

    /// <summary>Has a task looked at, at a time.</summary>
    internal ValueTask WakeAsync(TaskKey key, DateTimeOffset at, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            transaction =>
            {
                var current = transaction.Get(EcsSchema.Tasks, KeyOf(key));
                if (current.Value is { } task && (task.WakeAt is null || task.WakeAt > at))
                {
                    transaction.Put(EcsSchema.Tasks, KeyOf(key), task with { WakeAt = at });
                }
            },
            cancellationToken);

    /// <summary>All tasks that are not STOPPED, of every account.</summary>
    internal async ValueTask<IReadOnlyList<TaskRecord>> ListLiveAsync(StoreKey? under, CancellationToken cancellationToken)
    {
        var tasks = new List<TaskRecord>();
        ScanToken? after = null;
        do
        {
            var page = await Database.ScanIndexAsync(EcsSchema.Tasks, EcsSchema.Live, IndexRange.Equal(1L), under, 256, after, cancellationToken);
            tasks.AddRange(page.Items.Select(entry => entry.Value));
            after = page.Next;
        }
        while (after is not null);
        return tasks;
    }

    internal static StoreKey LogPositionKey(TaskKey key, string container, int attempt) =>
        StoreKey.Of(key.Scope, key.Id, container, (long)attempt);
}
