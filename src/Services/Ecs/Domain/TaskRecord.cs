using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>A task: what was asked for, how far it is, and how it ended.</summary>
internal sealed record TaskRecord
{
    public required string AccountId { get; init; }

    public required string Region { get; init; }

    public required string Cluster { get; init; }

    public required string Id { get; init; }

    public required string Family { get; init; }

    public required int Revision { get; init; }

    /// <summary>As the caller gave it, for answers.</summary>
    public required TaskOverride Overrides { get; init; }

    public string? TaskRoleArn { get; init; }

    public string? ExecutionRoleArn { get; init; }

    /// <summary>Null where a launch type was asked for.</summary>
    public string? CapacityProvider { get; init; }

    public required string PlatformVersion { get; init; }

    public required int CpuUnits { get; init; }

    public required int MemoryMegabytes { get; init; }

    public required int StorageGigabytes { get; init; }

    public required string Group { get; init; }

    public string? StartedBy { get; init; }

    public SortedDictionary<string, string> Tags { get; init; } = [];

    public required TaskNetwork Network { get; init; }

    /// <summary>Secret part of the path under which its containers ask for credentials.</summary>
    public required string CredentialsId { get; init; }

    public required IReadOnlyList<ContainerRecord> Containers { get; init; }

    public string LastStatus { get; init; } = TaskStatus.Provisioning;

    public string DesiredStatus { get; init; } = Fogbank.Contracts.Ecs.DesiredStatus.Running;

    /// <summary>Grows with every change that a client can see.</summary>
    public long Version { get; init; } = 1;

    public string? StopCode { get; init; }

    public string? StoppedReason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ConnectivityAt { get; init; }

    public DateTimeOffset? PullStartedAt { get; init; }

    public DateTimeOffset? PullStoppedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? StoppingAt { get; init; }

    public DateTimeOffset? ExecutionStoppedAt { get; init; }

    public DateTimeOffset? StoppedAt { get; init; }

    public DateTimeOffset? WakeAt { get; init; }

    public Scope Scope => new(AccountId, Region);

    public TaskKey Key => new(Scope, Cluster, Id);

    public string Arn => EcsArn.Task(Scope, Cluster, Id);

    public string DefinitionArn => EcsArn.TaskDefinition(Scope, Family, Revision);

    public bool WantsToStop => DesiredStatus == Fogbank.Contracts.Ecs.DesiredStatus.Stopped;

    /// <summary>It has its place on the machine, and keeps it until it is STOPPED.</summary>
    public bool IsAdmitted => LastStatus is not (TaskStatus.Provisioning or TaskStatus.Stopped);

    internal ContainerRecord Container(string name) => Containers.First(container => container.Name == name);

    /// <summary>This task with one container changed.</summary>
    internal TaskRecord With(string container, Func<ContainerRecord, ContainerRecord> change) =>
        this with { Containers = [.. Containers.Select(current => current.Name == container ? change(current) : current)] };
}
