namespace Fogbank.Services.S3.Domain;

/// <summary>One destination of a bucket's events.</summary>
internal sealed record NotificationRule
{
    public required string Id { get; init; }

    public required string FunctionArn { get; init; }

    /// <summary>Event types as configured: <c>s3:ObjectCreated:*</c>.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Null where the configuration had no filter rule of that name.</summary>
    public string? Prefix { get; init; }

    public string? Suffix { get; init; }

    /// <summary>Whether an event of this type on this key goes there.</summary>
    /// <param name="eventName">With its prefix: <c>s3:ObjectCreated:Put</c>.</param>
    public bool Matches(string eventName, string key) =>
        Events.Any(pattern => NotificationRules.Covers(pattern, eventName))
        && key.StartsWith(Prefix ?? "", StringComparison.Ordinal)
        && key.EndsWith(Suffix ?? "", StringComparison.Ordinal);
}

/// <summary>Event types and the overlaps that S3 refuses.</summary>
internal static class NotificationRules
{
    /// <summary>The types that Fogbank sends.</summary>
    public static IReadOnlyList<string> Supported { get; } =
    [
        "s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy",
        "s3:ObjectCreated:CompleteMultipartUpload", "s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete",
    ];

    /// <summary>Types of AWS whose cause Fogbank does not have (or does not report) yet.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "s3:ReducedRedundancyLostObject", "s3:ObjectRemoved:DeleteMarkerCreated", "s3:ObjectRestore:*", "s3:ObjectRestore:Post",
        "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete", "s3:Replication:*", "s3:Replication:OperationFailedReplication",
        "s3:Replication:OperationNotTracked", "s3:Replication:OperationMissedThreshold", "s3:Replication:OperationReplicatedAfterThreshold",
        "s3:LifecycleTransition", "s3:IntelligentTiering", "s3:ObjectAcl:Put", "s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete",
        "s3:LifecycleExpiration:DeleteMarkerCreated", "s3:ObjectTagging:*", "s3:ObjectTagging:Put", "s3:ObjectTagging:Delete",
    ];

    public static bool Covers(string pattern, string eventName) => pattern.EndsWith(":*", StringComparison.Ordinal)
        ? eventName.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : string.Equals(pattern, eventName, StringComparison.Ordinal);

    /// <summary>Throws where two rules could both get one event: S3 delivers an event to one destination at most.</summary>
    public static void CheckOverlaps(IReadOnlyList<NotificationRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (rules[j], rules[i]);
                if (a.Events.Any(left => b.Events.Any(right => Covers(left, right) || Covers(right, left)))
                    && PrefixesOverlap(a.Prefix ?? "", b.Prefix ?? "")
                    && SuffixesOverlap(a.Suffix ?? "", b.Suffix ?? ""))
                {
                    throw S3Errors.InvalidArgument(
                        a.Prefix is null && a.Suffix is null && b.Prefix is null && b.Suffix is null
                            ? "Configurations overlap. Configurations on the same bucket cannot share a common event type."
                            : "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.");
                }
            }
        }
    }

    private static bool PrefixesOverlap(string a, string b) =>
        a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal);

    private static bool SuffixesOverlap(string a, string b) =>
        a.EndsWith(b, StringComparison.Ordinal) || b.EndsWith(a, StringComparison.Ordinal);
}
