using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>A cluster. A deleted one stays as INACTIVE, as on AWS, until one of its name is made again.</summary>
internal sealed record ClusterRecord
{
    internal const string Active = "ACTIVE";
    internal const string Inactive = "INACTIVE";

    public required string AccountId { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    public string Status { get; init; } = Active;

    public IReadOnlyList<ClusterSetting> Settings { get; init; } = [];

    public ClusterConfiguration? Configuration { get; init; }

    public IReadOnlyList<string> CapacityProviders { get; init; } = [];

    public IReadOnlyList<CapacityProviderStrategyItem> DefaultStrategy { get; init; } = [];

    public SortedDictionary<string, string> Tags { get; init; } = [];

    public Scope Scope => new(AccountId, Region);

    public string Arn => EcsArn.Cluster(Scope, Name);
}
