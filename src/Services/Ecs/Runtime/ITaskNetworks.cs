using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>Gives tasks their network interfaces. Both may be called twice for the same task.</summary>
internal interface ITaskNetworks
{
    /// <summary>The interface of a task; the same one whenever it is asked for.</summary>
    /// <exception cref="TaskFailure">There is none to be had.</exception>
    ValueTask<TaskInterface> AttachAsync(TaskRecord task, CancellationToken cancellationToken);

    /// <summary>Takes it back.</summary>
    ValueTask DetachAsync(TaskRecord task, CancellationToken cancellationToken);
}
