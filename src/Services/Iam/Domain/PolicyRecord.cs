namespace Fogbank.Services.Iam.Domain;

/// <summary>A managed policy of a customer.</summary>
internal sealed record PolicyRecord
{
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    /// <summary>ANPA….</summary>
    public required string Id { get; init; }

    public required string Path { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>At most five, oldest first. Numbers are never used again.</summary>
    public required IReadOnlyList<PolicyVersionRecord> Versions { get; init; }

    public required int DefaultVersion { get; init; }

    public required int NextVersion { get; init; }

    public SortedDictionary<string, string> Tags { get; init; } = new(StringComparer.Ordinal);

    public string Arn => $"arn:aws:iam::{AccountId}:policy{Path}{Name}";
}

/// <summary>One version of a managed policy; <c>v3</c> on the wire.</summary>
internal sealed record PolicyVersionRecord(int Number, string Document, DateTimeOffset CreatedAt);
