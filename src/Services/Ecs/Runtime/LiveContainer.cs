using Fogbank.Contracts.Ecs;
using Fogbank.Engines;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>One start of a container that is watched: its end, its log, its health.</summary>
internal sealed class LiveContainer(
    TaskKey key, ContainerDefinition definition, int attempt, IWorkload workload, LogTarget? target, LiveTaskParts parts, Func<Func<TaskRecord, TaskRecord>, Task> change)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _exited = new();
    private Task _watching = Task.CompletedTask;
    private Task _pumping = Task.CompletedTask;
    private Task _checking = Task.CompletedTask;

    internal IWorkload Workload => workload;

    /// <summary>Begins to watch.</summary>
    /// <param name="health">What was known of its health; null without a check.</param>
    /// <param name="cancellationToken">For the beginning alone.</param>
    internal async ValueTask BeginAsync(string? health, CancellationToken cancellationToken)
    {
        var position = EcsStore.LogPositionKey(key, definition.Name!, attempt);
        var known = target is null ? null : (await parts.Store.Database.GetAsync(EcsSchema.LogPositions, position, cancellationToken)).Value;
        _pumping = Task.Run(
            () => target is null
                ? SwallowAsync(_end.Token)
                : new LogPump(
                    workload,
                    target,
                    known,
                    (reached, token) => WriteAsync(position, reached, token),
                    parts.Time,
                    parts.Logger).RunAsync(_end.Token),
            CancellationToken.None);
        if (health is not null && definition.HealthCheck is { } check)
        {
            var both = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, _exited.Token);
            _checking = Task.Run(
                async () =>
                {
                    using (both)
                    {
                        await new HealthMonitor(
                            workload, check, health, status => change(task => TaskChanges.Health(task, definition.Name!, attempt, status)), parts.Time, parts.Logger).RunAsync(both.Token);
                    }
                },
                CancellationToken.None);
        }

        _watching = Task.Run(WatchAsync, CancellationToken.None);
    }

    /// <summary>Waits until the log has its last byte; not longer than a time.</summary>
    internal async Task DrainAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await Task.WhenAny(_pumping, Task.Delay(patience, parts.Time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (var task in new[] { _pumping, _checking, _watching })
        {
            await task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        _end.Dispose();
        _exited.Dispose();
        await workload.DisposeAsync();
    }

    private async Task WatchAsync()
    {
        var exit = await workload.WaitAsync(_end.Token);
        await _exited.CancelAsync();
        await change(task => TaskChanges.Exited(task, definition.Name!, attempt, exit, parts.Time.GetUtcNow()));
    }

    // Nobody wants the output, but the container must not be held up by it.
    private async Task SwallowAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in workload.ReadOutputAsync(0, cancellationToken))
        {
        }
    }

    private async ValueTask WriteAsync(StoreKey position, LogPositionRecord reached, CancellationToken cancellationToken) =>
        await parts.Store.Database.WriteAsync(transaction => transaction.Put(EcsSchema.LogPositions, position, reached), cancellationToken);
}
