using Fogbank.Contracts.Ecs;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Views;

/// <summary>A task definition as answers show it.</summary>
internal static class DefinitionView
{
    internal static TaskDefinition From(TaskDefinitionRecord record) => With(record.Definition, record.Status, record.DeregisteredAt, record.DeleteRequestedAt);

    private static TaskDefinition With(TaskDefinition definition, string status, DateTimeOffset? deregisteredAt, DateTimeOffset? deleteRequestedAt) => new()
    {
        TaskDefinitionArn = definition.TaskDefinitionArn,
        ContainerDefinitions = definition.ContainerDefinitions,
        Family = definition.Family,
        TaskRoleArn = definition.TaskRoleArn,
        ExecutionRoleArn = definition.ExecutionRoleArn,
        NetworkMode = definition.NetworkMode,
        Revision = definition.Revision,
        Volumes = definition.Volumes,
        Status = status,
        RequiresAttributes = definition.RequiresAttributes,
        PlacementConstraints = definition.PlacementConstraints,
        Compatibilities = definition.Compatibilities,
        RuntimePlatform = definition.RuntimePlatform,
        RequiresCompatibilities = definition.RequiresCompatibilities,
        Cpu = definition.Cpu,
        Memory = definition.Memory,
        InferenceAccelerators = definition.InferenceAccelerators,
        PidMode = definition.PidMode,
        IpcMode = definition.IpcMode,
        ProxyConfiguration = definition.ProxyConfiguration,
        RegisteredAt = definition.RegisteredAt,
        DeregisteredAt = deregisteredAt,
        DeleteRequestedAt = deleteRequestedAt,
        RegisteredBy = definition.RegisteredBy,
        EphemeralStorage = definition.EphemeralStorage,
        EnableFaultInjection = definition.EnableFaultInjection,
    };
}
