using System.Text.RegularExpressions;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>Names of images as functions may have them: with a registry, and with a tag or a digest.</summary>
internal static partial class ImageUri
{
    /// <summary>Whether a name can be that of a function's image; the registry judges the rest.</summary>
    /// <param name="uri">The name.</param>
    /// <param name="region">The function's region, the only one that it may name.</param>
    /// <param name="defaultRegion">The region of what is pushed to this region's own address.</param>
    internal static bool IsUsable(string uri, string region, string defaultRegion)
    {
        var slash = uri.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1)
        {
            return false;
        }

        var host = uri[..slash];
        return (host == "localhost" || host.AsSpan().ContainsAny('.', ':'))
            && uri.AsSpan(slash).ContainsAny(':', '@')
            && (AwsHost().Match(host) is { Success: true } named ? named.Groups[1].Value : defaultRegion) == region;
    }

    [GeneratedRegex(@"^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.", RegexOptions.IgnoreCase)]
    private static partial Regex AwsHost();
}
