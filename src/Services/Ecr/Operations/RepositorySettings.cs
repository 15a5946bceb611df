using Fogbank.Contracts.Ecr;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>Settings of a repository that its creation, its changes and templates share.</summary>
internal static class RepositorySettings
{
    /// <summary>Checks that filters stand exactly where the mutability calls for them.</summary>
    internal static IReadOnlyList<TagFilter> Filters(string mutability, IReadOnlyList<ImageTagMutabilityExclusionFilter>? filters)
    {
        const string Parameter = "imageTagMutabilityExclusionFilters";
        var takesFilters = mutability is ImageTagMutability.ImmutableWithExclusion or ImageTagMutability.MutableWithExclusion;
        if (takesFilters != filters is { Count: > 0 })
        {
            throw EcrErrors.InvalidParameter(
                Parameter, takesFilters ? $"must be specified when imageTagMutability is {mutability}" : $"must not be specified when imageTagMutability is {mutability}");
        }

        if (filters?.FirstOrDefault(static filter => filter.Filter.Count(static letter => letter == '*') > 2) is { } broad)
        {
            throw EcrErrors.InvalidParameter(Parameter, $"filter '{broad.Filter}' must contain at most 2 wildcards");
        }

        return [.. (filters ?? []).Select(static filter => new TagFilter(filter.FilterType, filter.Filter)).Distinct()];
    }

    /// <summary>Blobs are shared between repositories and kept as they came; encryption by keys of KMS is not built.</summary>
    internal static void CheckEncryption(string? type, string? kmsKey)
    {
        if (type is not (null or EncryptionType.Aes256))
        {
            throw EcrErrors.NotSupported($"encryptionConfiguration.encryptionType {type}");
        }

        if (kmsKey is { Length: > 0 })
        {
            throw EcrErrors.InvalidParameter("encryptionConfiguration.kmsKey", "must be null when encryptionType is AES256");
        }
    }

    internal static void CheckPolicy(string policy, string parameter = "PolicyText")
    {
        if (!RepositoryPolicy.IsValid(policy))
        {
            throw EcrErrors.InvalidParameter(parameter, "Invalid repository policy provided");
        }
    }
}
