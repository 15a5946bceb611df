using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>Decides what comes next for a task, from its record alone. Pure.</summary>
internal static class TaskPlan
{
    internal static TaskStep For(TaskRecord task, TaskDefinition definition, DateTimeOffset now) => task.LastStatus switch
    {
        TaskStatus.Provisioning when !task.WantsToStop => TaskStep.Work(new TaskJob(TaskJobKind.Admit)),
        TaskStatus.Pending when !task.WantsToStop => TaskStep.Write(task with { LastStatus = TaskStatus.Activating, PullStartedAt = now }),
        TaskStatus.Provisioning or TaskStatus.Pending => TaskStep.Write(TaskChanges.NeverStarted(task) with { LastStatus = TaskStatus.Deprovisioning }),
        TaskStatus.Activating or TaskStatus.Running => task.WantsToStop
            ? TaskStep.Write(task with { LastStatus = TaskStatus.Deactivating })
            : Run(task, definition, now),
        TaskStatus.Deactivating => TaskStep.Write(task with { LastStatus = TaskStatus.Stopping }),
        TaskStatus.Stopping => Stop(task, definition),
        TaskStatus.Deprovisioning => TaskStep.Work(new TaskJob(TaskJobKind.CleanUp)),
        _ => new TaskStep(null, [], null),
    };

    private static TaskStep Run(TaskRecord task, TaskDefinition definition, DateTimeOffset now)
    {
        if (task.PullStoppedAt is null)
        {
            return TaskStep.Work(new TaskJob(TaskJobKind.Prepare));
        }

        // All have been started, also where some have ended already: a task that is over at once was RUNNING too.
        if (task.LastStatus == TaskStatus.Activating && task.Containers.All(container => container.Status != ContainerRecord.Pending && !container.FailedToStart))
        {
            return TaskStep.Write(task with { LastStatus = TaskStatus.Running, StartedAt = now });
        }

        foreach (var container in definition.ContainerDefinitions!)
        {
            var record = task.Container(container.Name!);
            if (record.IsStopped && AfterExit(task, container, record, now) is { } changed)
            {
                return TaskStep.Write(changed);
            }
        }

        var jobs = new List<TaskJob>();
        DateTimeOffset? wakeAt = null;
        foreach (var container in definition.ContainerDefinitions!)
        {
            var record = task.Container(container.Name!);
            if (record.IsRunning)
            {
                jobs.Add(new(TaskJobKind.Watch, record.Name));
            }
            else if (!record.IsStopped)
            {
                var (state, timeout, reason) = Wait(task, definition, container, now);
                if (state == DependencyState.Broken)
                {
                    return TaskStep.Write(TaskChanges.CouldNotStart(task, record.Name, record.Attempt, reason, now));
                }

                if (state == DependencyState.Met)
                {
                    jobs.Add(new(TaskJobKind.Start, record.Name));
                }
                else if (timeout is not null && (wakeAt is null || timeout < wakeAt))
                {
                    wakeAt = timeout;
                }
            }
        }

        return task.LastStatus == TaskStatus.Activating && task.Containers.All(container => container.Status != ContainerRecord.Pending)
            ? TaskStep.Write(task with { LastStatus = TaskStatus.Running, StartedAt = now })
            : new(null, jobs, wakeAt);
    }

    /// <summary>What the end of a container means: a restart, the end of the task, or nothing.</summary>
    private static TaskRecord? AfterExit(TaskRecord task, ContainerDefinition container, ContainerRecord record, DateTimeOffset now)
    {
        if (IsRestarted(container, record))
        {
            return task.With(record.Name, current => current with
            {
                Status = ContainerRecord.Pending,
                Attempt = current.Attempt + 1,
                ExitCode = null,
                Reason = null,
                FinishedAt = null,
                Health = current.Health is null ? null : HealthStatus.Unknown,
            });
        }

        if (container.Essential is false)
        {
            return null;
        }

        return record.FailedToStart
            ? TaskChanges.Stop(task, TaskStopCode.TaskFailedToStart, record.Reason ?? "Task failed to start", now)
            : TaskChanges.Stop(task, TaskStopCode.EssentialContainerExited, "Essential container in task exited", now);
    }

    // A container that did not run for the period is not restarted: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    private static bool IsRestarted(ContainerDefinition container, ContainerRecord record) =>
        container.RestartPolicy is { Enabled: true } policy
        && !record.FailedToStart
        && !(record.ExitCode is { } code && policy.IgnoredExitCodes?.Contains(code) is true)
        && record.FinishedAt - record.StartedAt >= TimeSpan.FromSeconds(policy.RestartAttemptPeriod ?? 300);

    private static (DependencyState State, DateTimeOffset? Timeout, string Reason) Wait(
        TaskRecord task, TaskDefinition definition, ContainerDefinition container, DateTimeOffset now)
    {
        var state = DependencyState.Met;
        DateTimeOffset? earliest = null;
        foreach (var dependency in ContainerOrder.DependenciesOf(container))
        {
            var target = task.Container(dependency.ContainerName);
            switch (ContainerOrder.StateOf(dependency, target))
            {
                case DependencyState.Broken:
                    return (DependencyState.Broken, null, Unresolved(container, dependency, dependency.Condition == ContainerCondition.Success
                        ? "as dependency did not exit successfully."
                        : "as the dependency can no longer be fulfilled."));
                case DependencyState.Open:
                    state = DependencyState.Open;
                    var limit = definition.ContainerDefinitions!.First(other => other.Name == dependency.ContainerName).StartTimeout;
                    if (limit is { } seconds && target.StartedAt is { } started)
                    {
                        var timeout = started + TimeSpan.FromSeconds(seconds);
                        if (timeout <= now)
                        {
                            return (DependencyState.Broken, null, Unresolved(container, dependency, "as it has timed out."));
                        }

                        earliest = earliest is null || timeout < earliest ? timeout : earliest;
                    }

                    break;
                default:
                    break;
            }
        }

        return (state, earliest, "");
    }

    private static string Unresolved(ContainerDefinition container, ContainerDependency dependency, string why) =>
        $"dependency graph: failed to resolve container ordering dependency [{dependency.ContainerName}] for target [{container.Name}] {why}";

    /// <summary>Who depends on a container ends before it.</summary>
    private static TaskStep Stop(TaskRecord task, TaskDefinition definition)
    {
        if (task.Containers.All(container => container.IsStopped))
        {
            return TaskStep.Write(task with
            {
                LastStatus = TaskStatus.Deprovisioning,
                ExecutionStoppedAt = task.Containers.Max(container => container.FinishedAt),
            });
        }

        var held = definition.ContainerDefinitions!
            .Where(container => !task.Container(container.Name!).IsStopped)
            .SelectMany(container => ContainerOrder.DependenciesOf(container).Select(dependency => dependency.ContainerName))
            .ToHashSet(StringComparer.Ordinal);
        return TaskStep.Work(
            [.. task.Containers.Where(container => !container.IsStopped && !held.Contains(container.Name)).Select(container => new TaskJob(TaskJobKind.Stop, container.Name))]);
    }
}
