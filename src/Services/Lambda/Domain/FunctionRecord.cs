namespace Fogbank.Services.Lambda.Domain;

/// <summary>A function as it is stored: its newest configuration and what belongs to the function as a whole.</summary>
internal sealed record FunctionRecord
{
    public required string Name { get; init; }

    /// <summary>$LATEST as the control plane shows it.</summary>
    public required VersionRecord Latest { get; init; }

    /// <summary>What invocations of $LATEST still get while an update is in progress; null otherwise.</summary>
    public VersionRecord? Serving { get; init; }

    /// <summary>Number of the newest published version, 0 before the first. Numbers are never used again.</summary>
    public int LastPublished { get; init; }

    /// <summary>Null: the function takes from the account's unreserved concurrency.</summary>
    public int? ReservedConcurrency { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Resource policies by qualifier; "" is the unqualified function's.</summary>
    public IReadOnlyDictionary<string, ResourcePolicy> Policies { get; init; } = new Dictionary<string, ResourcePolicy>();

    /// <summary>When the reconciler is due; null: steady.</summary>
    public DateTimeOffset? WakeAt { get; init; }
}
