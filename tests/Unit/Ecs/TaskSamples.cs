using Fogbank.Contracts.Ecs;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Tests.Unit.Ecs;

/// <summary>Tasks and definitions for tests.</summary>
internal static class TaskSamples
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static TaskInterface Interface { get; } = new()
    {
        Id = "eni-1",
        VpcId = "vpc-1",
        SubnetId = "subnet-1",
        AvailabilityZone = "us-east-1a",
        MacAddress = "02:00:ac:1f:00:05",
        PrivateIp = "172.31.0.5",
        PrivateDnsName = "ip-172-31-0-5.ec2.internal",
        VpcRange = "172.31.0.0/16",
        SubnetRange = "172.31.0.0/20",
        Gateway = "172.31.0.1",
        Network = "vpc-1",
    };

    internal static ContainerDefinition Container(
        string name, bool essential = true, bool check = false, int? startTimeout = null, ContainerRestartPolicy? restart = null, (string Name, string Condition)[]? dependsOn = null) => new()
        {
            Name = name,
            Image = "repository:tag",
            Essential = essential,
            StartTimeout = startTimeout,
            RestartPolicy = restart,
            HealthCheck = check ? new() { Command = ["CMD", "check"] } : null,
            DependsOn = dependsOn is null ? null : [.. dependsOn.Select(item => new ContainerDependency { ContainerName = item.Name, Condition = item.Condition })],
        };

    internal static TaskDefinition Definition(params ContainerDefinition[] containers) => new()
    {
        Family = "family",
        Revision = 1,
        NetworkMode = NetworkMode.Awsvpc,
        Cpu = "256",
        Memory = "512",
        ContainerDefinitions = containers,
    };

    internal static TaskRecord Task(TaskDefinition definition, DateTimeOffset? createdAt = null) => new()
    {
        AccountId = "000000000000",
        Region = "us-east-1",
        Cluster = "default",
        Id = "0123456789abcdef0123456789abcdef",
        Family = "family",
        Revision = 1,
        Overrides = new TaskOverride(),
        PlatformVersion = "1.4.0",
        CpuUnits = 256,
        MemoryMegabytes = 512,
        StorageGigabytes = 20,
        Group = "family:family",
        CredentialsId = "credentials",
        CreatedAt = createdAt ?? Now,
        Network = new() { SubnetIds = ["subnet-1"], AttachmentId = "attachment" },
        Containers =
        [
            .. definition.ContainerDefinitions!.Select(container => new ContainerRecord
            {
                Name = container.Name!, Image = container.Image!, Uuid = container.Name!, Health = container.HealthCheck is null ? null : HealthStatus.Unknown,
            }),
        ],
    };

    /// <summary>A task whose images are there.</summary>
    internal static TaskRecord Activating(TaskDefinition definition) => Task(definition) with
    {
        LastStatus = Fogbank.Services.Ecs.Domain.TaskStatus.Activating,
        PullStartedAt = Now,
        PullStoppedAt = Now,
        Network = new() { SubnetIds = ["subnet-1"], AttachmentId = "attachment", Interface = Interface },
    };
}
