namespace Fogbank.Services.Ecr.Domain;

/// <summary>AWS's limits. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html</summary>
internal static class EcrLimits
{
    /// <summary>Tags of a repository, as a resource.</summary>
    internal const int ResourceTags = 50;

    internal const int TagKeyLength = 128;

    internal const int TagValueLength = 256;

    internal const int Templates = 50;

    /// <summary>All parts of a layer but the last are at least this long.</summary>
    internal const int LayerPartMinimumBytes = 5 << 20;

    /// <summary>What InitiateLayerUpload proposes, and the longest part.</summary>
    internal const int LayerPartBytes = 10 << 20;

    internal const int LayerParts = 4200;

    /// <summary>Results of a page where the caller does not say.</summary>
    internal const int PageSize = 100;

    /// <summary>A token for container clients.</summary>
    internal static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);

    /// <summary>The URL of a layer.</summary>
    internal static readonly TimeSpan LayerUrlLifetime = TimeSpan.FromHours(1);
}
