namespace Fogbank.Services.Ecr.Domain;

/// <summary>A repository as it is stored.</summary>
internal sealed record RepositoryRecord
{
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>One of the contract's <c>ImageTagMutability</c>.</summary>
    public string TagMutability { get; init; } = "MUTABLE";

    /// <summary>Tags for which the opposite of <see cref="TagMutability"/> holds, where that says <c>_WITH_EXCLUSION</c>.</summary>
    public IReadOnlyList<TagFilter> TagFilters { get; init; } = [];

    public bool ScanOnPush { get; init; }

    /// <summary><c>AES256</c>, <c>KMS</c> or <c>KMS_DSSE</c>.</summary>
    public string EncryptionType { get; init; } = "AES256";

    public string? KmsKey { get; init; }

    /// <summary>Repository policy, as text; null for none.</summary>
    public string? Policy { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>Selects image tags.</summary>
/// <param name="Type"><c>WILDCARD</c>.</param>
/// <param name="Pattern">With <c>*</c> for any characters.</param>
internal sealed record TagFilter(string Type, string Pattern);
