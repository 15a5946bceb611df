using Fogbank.Contracts.Ecs;
using Fogbank.Engines;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>What happens to a task, as changes of its record. Each may be applied twice.</summary>
internal static class TaskChanges
{
    /// <summary>AWS's words for a task that has no place yet.</summary>
    internal const string NoCapacity = "Capacity is unavailable at this time. Please try again later or in a different availability zone";

    /// <summary>It is to end. The first reason stays.</summary>
    internal static TaskRecord Stop(TaskRecord task, string code, string reason, DateTimeOffset now) => task.WantsToStop
        ? task
        : task with { DesiredStatus = DesiredStatus.Stopped, StopCode = code, StoppedReason = reason, StoppingAt = now };

    internal static TaskRecord Admitted(TaskRecord task, TaskInterface given, DateTimeOffset now) =>
        task.LastStatus != TaskStatus.Provisioning || task.WantsToStop ? task : task with
        {
            LastStatus = TaskStatus.Pending,
            StoppedReason = null,
            ConnectivityAt = now,
            Network = task.Network with { Interface = given, AttachmentStatus = "ATTACHED" },
        };

    internal static TaskRecord Waiting(TaskRecord task) =>
        task.LastStatus != TaskStatus.Provisioning || task.WantsToStop || task.StoppedReason == NoCapacity ? task : task with { StoppedReason = NoCapacity };

    internal static TaskRecord Pulled(TaskRecord task, IReadOnlyDictionary<string, string> digests, DateTimeOffset now) => task.PullStoppedAt is not null ? task : task with
    {
        PullStoppedAt = now,
        Containers = [.. task.Containers.Select(container => container with { ImageDigest = digests.GetValueOrDefault(container.Name) })],
    };

    internal static TaskRecord Started(TaskRecord task, string container, int attempt, string runtimeId, DateTimeOffset at) =>
        task.With(container, current => current.Attempt != attempt || current.Status != ContainerRecord.Pending
            ? current
            : current with { Status = ContainerRecord.Running, RuntimeId = runtimeId, StartedAt = at });

    internal static TaskRecord Exited(TaskRecord task, string container, int attempt, WorkloadExit exit, DateTimeOffset at) =>
        task.With(container, current => current.Attempt != attempt || current.IsStopped ? current : current with
        {
            Status = ContainerRecord.Stopped,
            ExitCode = exit.ExitCode ?? (exit.Signal is { } signal ? 128 + signal : null),
            Reason = exit.OutOfMemory ? "OutOfMemoryError: Container killed due to memory usage"
                : exit.Lost ? "CannotInspectContainerError: the container is gone and how it ended is not known"
                : current.Reason,
            FinishedAt = at,
        });

    /// <summary>No process of a container ran.</summary>
    internal static TaskRecord CouldNotStart(TaskRecord task, string container, int attempt, string reason, DateTimeOffset at) =>
        task.With(container, current => current.Attempt != attempt || current.Status != ContainerRecord.Pending
            ? current
            : current with { Status = ContainerRecord.Stopped, FailedToStart = true, Reason = reason, FinishedAt = at });

    /// <summary>The task ends before a container was started.</summary>
    internal static TaskRecord NeverStarted(TaskRecord task) => task with
    {
        Containers = [.. task.Containers.Select(container => container.Status == ContainerRecord.Pending ? container with { Status = ContainerRecord.Stopped } : container)],
    };

    internal static TaskRecord Unstarted(TaskRecord task, string container, int attempt) =>
        task.With(container, current => current.Attempt == attempt && current.Status == ContainerRecord.Pending ? current with { Status = ContainerRecord.Stopped } : current);

    internal static TaskRecord Health(TaskRecord task, string container, int attempt, string health) =>
        task.With(container, current => current.Attempt == attempt && current.IsRunning ? current with { Health = health } : current);

    internal static TaskRecord Ended(TaskRecord task, DateTimeOffset now, TimeSpan keep) => task.LastStatus == TaskStatus.Stopped ? task : task with
    {
        LastStatus = TaskStatus.Stopped,
        StoppedAt = now,
        WakeAt = now + keep,
        Network = task.Network with { AttachmentStatus = "DELETED" },
    };

    /// <summary>Whether a client sees a difference.</summary>
    internal static bool IsSame(TaskRecord before, TaskRecord after) =>
        ReferenceEquals(before, after) || ((before with { Containers = after.Containers }) == after && before.Containers.SequenceEqual(after.Containers));
}
