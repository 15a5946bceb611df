using System.Globalization;
using Fogbank.Contracts.Ecs;
using Fogbank.Services.Ecs.Domain;
using Attribute = Fogbank.Contracts.Ecs.Attribute;
using EcsTask = Fogbank.Contracts.Ecs.Task;

namespace Fogbank.Services.Ecs.Views;

/// <summary>A task as answers and events show it.</summary>
internal static class TaskView
{
    internal static EcsTask From(TaskRecord task, TaskDefinition? definition, bool hasTags) => new()
    {
        Attachments = [Attachment(task.Network)],
        Attributes = [new Attribute { Name = "ecs.cpu-architecture", Value = Architecture(definition) }],
        AvailabilityZone = task.Network.Interface?.AvailabilityZone,
        CapacityProviderName = task.CapacityProvider,
        ClusterArn = EcsArn.Cluster(task.Scope, task.Cluster),
        Connectivity = task.ConnectivityAt is null ? null : Connectivity.Connected,
        ConnectivityAt = task.ConnectivityAt,
        Containers = [.. task.Containers.Select(container => Container(task, container, definition))],
        Cpu = task.CpuUnits.ToString(CultureInfo.InvariantCulture),
        CreatedAt = task.CreatedAt,
        DesiredStatus = task.DesiredStatus,
        EnableExecuteCommand = false,
        EphemeralStorage = new() { SizeInGiB = task.StorageGigabytes },
        ExecutionStoppedAt = task.ExecutionStoppedAt,
        FargateEphemeralStorage = new() { SizeInGiB = task.StorageGigabytes },
        Group = task.Group,
        HealthStatus = HealthOf(task, definition),
        LastStatus = task.LastStatus,
        LaunchType = LaunchType.Fargate,
        Memory = task.MemoryMegabytes.ToString(CultureInfo.InvariantCulture),
        Overrides = task.Overrides,
        PlatformFamily = "Linux",
        PlatformVersion = task.PlatformVersion,
        PullStartedAt = task.PullStartedAt,
        PullStoppedAt = task.PullStoppedAt,
        StartedAt = task.StartedAt,
        StartedBy = task.StartedBy,
        StopCode = task.StopCode,
        StoppedAt = task.StoppedAt,
        StoppedReason = task.StoppedReason,
        StoppingAt = task.StoppingAt,
        Tags = hasTags ? TagList.From(task.Tags) : [],
        TaskArn = task.Arn,
        TaskDefinitionArn = task.DefinitionArn,
        Version = task.Version,
    };

    /// <summary>UNHEALTHY if an essential container is; UNKNOWN where none has a health check, or not all have answered.</summary>
    internal static string HealthOf(TaskRecord task, TaskDefinition? definition)
    {
        var essential = task.Containers
            .Where(container => container.Health is not null
                && definition?.ContainerDefinitions?.FirstOrDefault(other => other.Name == container.Name)?.Essential is not false)
            .ToList();
        return essential.Exists(container => container.Health == HealthStatus.Unhealthy) ? HealthStatus.Unhealthy
            : essential.Count > 0 && essential.TrueForAll(container => container.Health == HealthStatus.Healthy) ? HealthStatus.Healthy
            : HealthStatus.Unknown;
    }

    private static string Architecture(TaskDefinition? definition) =>
        definition?.RuntimePlatform?.CpuArchitecture is CPUArchitecture.Arm64 ? "arm64" : "x86_64";

    private static Container Container(TaskRecord task, ContainerRecord container, TaskDefinition? definition)
    {
        var wanted = definition?.ContainerDefinitions?.FirstOrDefault(other => other.Name == container.Name);
        var changed = task.Overrides.ContainerOverrides?.FirstOrDefault(other => other.Name == container.Name);
        return new()
        {
            ContainerArn = EcsArn.Container(task.Scope, task.Cluster, task.Id, container.Uuid),
            TaskArn = task.Arn,
            Name = container.Name,
            Image = container.Image,
            ImageDigest = container.ImageDigest,
            RuntimeId = container.RuntimeId,
            LastStatus = container.Status,
            ExitCode = container.ExitCode,
            Reason = container.Reason,
            NetworkBindings = [],
            NetworkInterfaces = task.Network.Interface is { } given && task.LastStatus != TaskStatus.Provisioning
                ? [new NetworkInterface { AttachmentId = task.Network.AttachmentId, PrivateIpv4Address = given.PrivateIp }]
                : [],
            HealthStatus = container.Health ?? HealthStatus.Unknown,
            Cpu = (changed?.Cpu ?? wanted?.Cpu ?? 0).ToString(CultureInfo.InvariantCulture),
            Memory = (changed?.Memory ?? wanted?.Memory)?.ToString(CultureInfo.InvariantCulture),
            MemoryReservation = (changed?.MemoryReservation ?? wanted?.MemoryReservation)?.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static Attachment Attachment(TaskNetwork network)
    {
        var details = new List<KeyValuePair> { Pair("subnetId", network.Interface?.SubnetId ?? network.SubnetIds[0]) };
        if (network.Interface is { } given)
        {
            details.Add(Pair("networkInterfaceId", given.Id));
            details.Add(Pair("macAddress", given.MacAddress));
            details.Add(Pair("privateDnsName", given.PrivateDnsName));
            details.Add(Pair("privateIPv4Address", given.PrivateIp));
        }

        return new() { Id = network.AttachmentId, Type = "ElasticNetworkInterface", Status = network.AttachmentStatus, Details = details };
    }

    private static KeyValuePair Pair(string name, string value) => new() { Name = name, Value = value };
}
