using System.Collections.Concurrent;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>The tasks that this run of the region works on.</summary>
internal sealed class LiveTasks(LiveTaskParts parts)
{
    private readonly ConcurrentDictionary<TaskKey, LiveTask> _tasks = new();

    internal LiveTask Get(TaskKey key) => _tasks.GetOrAdd(key, static (key, parts) => new LiveTask(key, parts), parts);

    internal async ValueTask ForgetAsync(TaskKey key)
    {
        if (_tasks.TryRemove(key, out var task))
        {
            await task.DisposeAsync();
        }
    }

    /// <summary>Lets go of all; what runs goes on.</summary>
    internal async Task CloseAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_tasks.Keys.Select(key => ForgetAsync(key).AsTask())).WaitAsync(cancellationToken);
}
