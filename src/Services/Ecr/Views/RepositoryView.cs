using Fogbank.Contracts.Ecr;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Views;

/// <summary>A repository.</summary>
internal static class RepositoryView
{
    internal static Repository From(RepositoryKey key, RepositoryRecord repository, RegistryAddresses names) => new()
    {
        RepositoryArn = key.Arn,
        RegistryId = key.RegistryId,
        RepositoryName = key.Name,
        RepositoryUri = names.UriOf(key),
        CreatedAt = repository.CreatedAt,
        ImageTagMutability = repository.TagMutability,
        ImageTagMutabilityExclusionFilters = Filters(repository.TagFilters),
        ImageScanningConfiguration = new() { ScanOnPush = repository.ScanOnPush },
        EncryptionConfiguration = new() { EncryptionType = repository.EncryptionType, KmsKey = repository.KmsKey },
    };

    /// <summary>What a deletion answers: AWS leaves the settings of what is gone out, but for the oldest one.</summary>
    internal static Repository Deleted(RepositoryKey key, RepositoryRecord repository, RegistryAddresses names) => new()
    {
        RepositoryArn = key.Arn,
        RegistryId = key.RegistryId,
        RepositoryName = key.Name,
        RepositoryUri = names.UriOf(key),
        CreatedAt = repository.CreatedAt,
        ImageTagMutability = repository.TagMutability,
    };

    /// <returns>Null for none: AWS sends no empty list.</returns>
    internal static IReadOnlyList<ImageTagMutabilityExclusionFilter>? Filters(IReadOnlyList<TagFilter> filters) =>
        filters.Count == 0 ? null : [.. filters.Select(static filter => new ImageTagMutabilityExclusionFilter { FilterType = filter.Type, Filter = filter.Pattern })];

    internal static IReadOnlyList<Tag> Tags(IReadOnlyDictionary<string, string> tags) =>
        [.. tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal).Select(static tag => new Tag { Key = tag.Key, Value = tag.Value })];
}
