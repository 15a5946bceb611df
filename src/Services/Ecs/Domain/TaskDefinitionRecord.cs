using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>A revision of a family: what was registered, in the form of the API, and what became of it since.</summary>
internal sealed record TaskDefinitionRecord
{
    public required string AccountId { get; init; }

    public required string Region { get; init; }

    public required string Family { get; init; }

    public required int Revision { get; init; }

    /// <summary>As registered, with AWS's defaults filled in. Its status and times of change are those below.</summary>
    public required TaskDefinition Definition { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset? DeregisteredAt { get; init; }

    public DateTimeOffset? DeleteRequestedAt { get; init; }

    public SortedDictionary<string, string> Tags { get; init; } = [];

    public DateTimeOffset? WakeAt { get; init; }

    public Scope Scope => new(AccountId, Region);

    public string Arn => EcsArn.TaskDefinition(Scope, Family, Revision);
}
