namespace Fogbank.Services.Logs.Domain;

/// <summary>A log group.</summary>
internal sealed record LogGroupRecord
{
    public required string AccountId { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Events older than this many days go; null keeps them for ever.</summary>
    public int? RetentionDays { get; init; }

    public bool DeletionProtection { get; init; }

    public SortedDictionary<string, string> Tags { get; init; } = new(StringComparer.Ordinal);

    /// <summary>When retention next needs a look; null where events are kept for ever.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>The ARN that names the group itself.</summary>
    public string Arn => $"arn:aws:logs:{Region}:{AccountId}:log-group:{Name}";

    /// <summary>Events before this moment have expired.</summary>
    public DateTimeOffset? ExpiryAt(DateTimeOffset now) => RetentionDays is { } days ? now - TimeSpan.FromDays(days) : null;
}
