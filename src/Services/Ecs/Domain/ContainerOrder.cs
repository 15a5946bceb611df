using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>In which order containers start and stop: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/example_task_definitions.html#example_task_definition-containerdependency</summary>
internal static class ContainerOrder
{
    /// <summary>What a container waits for: its own <c>dependsOn</c>, and the start of those whose volumes it mounts.</summary>
    internal static IEnumerable<ContainerDependency> DependenciesOf(ContainerDefinition container)
    {
        foreach (var dependency in container.DependsOn ?? [])
        {
            yield return dependency;
        }

        foreach (var from in container.VolumesFrom ?? [])
        {
            if (container.DependsOn?.Any(dependency => dependency.ContainerName == from.SourceContainer) is not true)
            {
                yield return new() { ContainerName = from.SourceContainer ?? "", Condition = ContainerCondition.Start };
            }
        }
    }

    /// <summary>Throws AWS's error for dependencies that can never hold.</summary>
    internal static void Check(IReadOnlyList<ContainerDefinition> containers)
    {
        var byName = containers.ToDictionary(container => container.Name!, StringComparer.Ordinal);
        foreach (var container in containers)
        {
            foreach (var dependency in DependenciesOf(container))
            {
                if (dependency.ContainerName == container.Name)
                {
                    throw EcsErrors.Client($"Container '{container.Name}' cannot depend on itself.");
                }

                if (!byName.TryGetValue(dependency.ContainerName, out var target))
                {
                    throw EcsErrors.Client($"Unknown container '{dependency.ContainerName}' in dependsOn of container '{container.Name}'.");
                }

                if (dependency.Condition is ContainerCondition.Complete or ContainerCondition.Success && target.Essential is not false)
                {
                    throw EcsErrors.Client($"The condition {dependency.Condition} can't be set on an essential container: '{target.Name}'.");
                }

                if (dependency.Condition == ContainerCondition.Healthy && target.HealthCheck is null)
                {
                    throw EcsErrors.Client($"The condition HEALTHY requires a health check of container '{target.Name}'.");
                }
            }
        }

        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var container in containers)
        {
            Visit(container);
        }

        void Visit(ContainerDefinition container)
        {
            if (state.TryGetValue(container.Name!, out var isDone))
            {
                if (!isDone)
                {
                    throw EcsErrors.Client("Container dependencies of the task definition are circular.");
                }

                return;
            }

            state[container.Name!] = false;
            foreach (var dependency in DependenciesOf(container))
            {
                Visit(byName[dependency.ContainerName]);
            }

            state[container.Name!] = true;
        }
    }

    /// <summary>How a dependency stands.</summary>
    internal static DependencyState StateOf(ContainerDependency dependency, ContainerRecord target) => dependency.Condition switch
    {
        ContainerCondition.Start => target.Status != ContainerRecord.Pending && !target.FailedToStart ? DependencyState.Met
            : target.IsStopped ? DependencyState.Broken
            : DependencyState.Open,
        ContainerCondition.Complete => target.IsStopped ? DependencyState.Met : DependencyState.Open,
        ContainerCondition.Success => !target.IsStopped ? DependencyState.Open
            : target.ExitCode == 0 ? DependencyState.Met
            : DependencyState.Broken,
        _ => target.IsStopped ? DependencyState.Broken
            : target.IsRunning && target.Health == HealthStatus.Healthy ? DependencyState.Met
            : target.IsRunning && target.Health == HealthStatus.Unhealthy ? DependencyState.Broken
            : DependencyState.Open,
    };
}

/// <summary>How a dependency of a container stands.</summary>
internal enum DependencyState
{
    /// <summary>Not yet.</summary>
    Open,

    /// <summary>It holds.</summary>
    Met,

    /// <summary>It never will.</summary>
    Broken,
}
