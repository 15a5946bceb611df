using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3.Storage;

/// <summary>A bucket and its configurations; null where one was never set or was deleted.</summary>
internal sealed record BucketRecord
{
    public required string Name { get; init; }

    public required string AccountId { get; init; }

    public required string Region { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public IReadOnlyList<TagRecord>? Tags { get; init; }

    public IReadOnlyList<CorsRuleRecord>? Cors { get; init; }

    public IReadOnlyList<NotificationRule>? Notifications { get; init; }

    /// <summary>AWS puts BucketOwnerEnforced on new buckets; null after it was deleted. ACLs stay disabled either way.</summary>
    public string? ObjectOwnership { get; init; }

    public PublicAccessRecord? PublicAccess { get; init; }

    /// <summary>The bucket key setting beside AES256, which AWS stores and which does nothing there.</summary>
    public bool BucketKeyEnabled { get; init; }

    public string Arn => $"arn:aws:s3:::{Name}";
}

/// <summary>The four switches of a public access block. Nothing is public here, so none of them changes what happens.</summary>
internal sealed record PublicAccessRecord(bool BlockPublicAcls, bool IgnorePublicAcls, bool BlockPublicPolicy, bool RestrictPublicBuckets);
