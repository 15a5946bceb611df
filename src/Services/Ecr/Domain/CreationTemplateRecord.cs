namespace Fogbank.Services.Ecr.Domain;

/// <summary>How repositories below a prefix are made when something is pushed that has none.</summary>
internal sealed record CreationTemplateRecord
{
    /// <summary>A namespace (<c>prod</c> for <c>prod/web</c>), or <c>ROOT</c> for all that no other template takes.</summary>
    public required string Prefix { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public string? Description { get; init; }

    /// <summary><c>CREATE_ON_PUSH</c>, <c>PULL_THROUGH_CACHE</c>, <c>REPLICATION</c>.</summary>
    public IReadOnlyList<string> AppliedFor { get; init; } = [];

    public string TagMutability { get; init; } = "MUTABLE";

    public IReadOnlyList<TagFilter> TagFilters { get; init; } = [];

    public string EncryptionType { get; init; } = "AES256";

    public string? KmsKey { get; init; }

    public string? RepositoryPolicy { get; init; }

    public string? CustomRoleArn { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The repository that it makes.</summary>
    internal RepositoryRecord Make(string name, DateTimeOffset now) => new()
    {
        Name = name,
        CreatedAt = now,
        TagMutability = TagMutability,
        TagFilters = TagFilters,
        EncryptionType = EncryptionType,
        KmsKey = KmsKey,
        Policy = RepositoryPolicy,
        Tags = Tags,
    };
}
