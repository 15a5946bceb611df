namespace Fogbank.Services.Ecs.Domain;

/// <summary>A container of a task.</summary>
internal sealed record ContainerRecord
{
    internal const string Pending = "PENDING";
    internal const string Running = "RUNNING";
    internal const string Stopped = "STOPPED";

    public required string Name { get; init; }

    public required string Image { get; init; }

    /// <summary>Last part of its ARN.</summary>
    public required string Uuid { get; init; }

    public string Status { get; init; } = Pending;

    /// <summary>What runs now is the start of this number; it grows with each restart.</summary>
    public int Attempt { get; init; }

    /// <summary>The digest that its image's name stood for when it was pulled; it starts and restarts from that one.</summary>
    public string? ImageDigest { get; init; }

    public string? RuntimeId { get; init; }

    public int? ExitCode { get; init; }

    public string? Reason { get; init; }

    /// <summary>HEALTHY, UNHEALTHY or UNKNOWN; null without a health check.</summary>
    public string? Health { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>It could not be started at all: no process of it ever ran.</summary>
    public bool FailedToStart { get; init; }

    public bool IsStopped => Status == Stopped;

    public bool IsRunning => Status == Running;
}
