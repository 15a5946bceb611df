using System.Globalization;
using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>The size and roles of a task, from its definition and what the caller changed.</summary>
internal sealed record TaskShape(int CpuUnits, int MemoryMegabytes, int StorageGigabytes, string? TaskRoleArn, string? ExecutionRoleArn)
{
    internal const int DefaultStorage = 20;

    /// <summary>Checks the overrides and applies those of the task.</summary>
    internal static TaskShape From(TaskDefinition definition, TaskOverride overrides)
    {
        foreach (var container in overrides.ContainerOverrides ?? [])
        {
            if (definition.ContainerDefinitions!.All(known => known.Name != container.Name))
            {
                throw EcsErrors.Invalid($"Override for container named {container.Name} is not a container in the TaskDefinition.");
            }

            if (container.ResourceRequirements is { Count: > 0 })
            {
                throw EcsErrors.NotSupported("resourceRequirements");
            }
        }

        if (overrides.InferenceAcceleratorOverrides is { Count: > 0 })
        {
            throw EcsErrors.Invalid("Inference accelerators are not supported on Fargate.");
        }

        if (!FargateSizes.TryReadCpu(overrides.Cpu ?? definition.Cpu, out var cpu) || !FargateSizes.TryReadMemory(overrides.Memory ?? definition.Memory, out var memory))
        {
            throw EcsErrors.Client("Invalid 'cpu' or 'memory' setting for task.");
        }

        if (!FargateSizes.Exists(cpu, memory))
        {
            throw EcsErrors.Client(string.Create(
                CultureInfo.InvariantCulture, $"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values."));
        }

        if (overrides.EphemeralStorage is { SizeInGiB: < 21 or > 200 })
        {
            throw EcsErrors.Invalid("EphemeralStorage size should be between 21 and 200 GiB.");
        }

        return new(
            cpu,
            memory,
            overrides.EphemeralStorage?.SizeInGiB ?? definition.EphemeralStorage?.SizeInGiB ?? DefaultStorage,
            overrides.TaskRoleArn ?? definition.TaskRoleArn,
            overrides.ExecutionRoleArn ?? definition.ExecutionRoleArn);
    }
}
