namespace Fogbank.Services.Iam.Domain;

/// <summary>What roles and users have in common.</summary>
internal abstract record IdentityRecord
{
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    /// <summary>AROA… or AIDA…: never used again, also when the name is.</summary>
    public required string Id { get; init; }

    /// <summary>Begins and ends with a slash.</summary>
    public required string Path { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Inline policies: name to document, as it was given.</summary>
    public SortedDictionary<string, string> InlinePolicies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>ARNs of managed policies, in the order they were attached.</summary>
    public IReadOnlyList<string> AttachedPolicies { get; init; } = [];

    public string? PermissionsBoundary { get; init; }

    public SortedDictionary<string, string> Tags { get; init; } = new(StringComparer.Ordinal);

    /// <summary>"role" or "user", as ARNs and messages say it.</summary>
    public abstract string Kind { get; }

    /// <summary><see cref="Kind"/> as the names of quotas and some messages have it.</summary>
    public abstract string KindTitle { get; }

    public string Arn => $"arn:aws:iam::{AccountId}:{Kind}{Path}{Name}";
}

/// <summary>A role.</summary>
internal sealed record RoleRecord : IdentityRecord
{
    public required string TrustPolicy { get; init; }

    public string? Description { get; init; }

    /// <summary>3,600 to 43,200.</summary>
    public int MaxSessionSeconds { get; init; } = 3600;

    public override string Kind => "role";

    public override string KindTitle => "Role";
}

/// <summary>A user.</summary>
internal sealed record UserRecord : IdentityRecord
{
    public override string Kind => "user";

    public override string KindTitle => "User";
}
