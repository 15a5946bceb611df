using System.Diagnostics.CodeAnalysis;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>An image as task definitions and functions name it: <c>[host[:port]/]repository[:tag][@digest]</c>.</summary>
/// <param name="Host">Lower case, without port; null where the name begins with the repository.</param>
/// <param name="Port">Null for none.</param>
/// <param name="Tag">Null where there is none; with a digest it is only a remark.</param>
/// <param name="Digest">Null where there is none.</param>
internal sealed record ImageName(string? Host, int? Port, string Repository, string? Tag, string? Digest)
{
    /// <summary>Tag or digest that decides.</summary>
    internal string Reference => Digest ?? Tag ?? "latest";

    /// <summary>The registry that the host names; null where it is the region's own address or nothing.</summary>
    internal Scope? Registry => Host is null ? null : RegistryHost.Parse(Host);

    internal static bool TryParse(string text, [NotNullWhen(true)] out ImageName? name)
    {
        name = null;
        if (text.Length is 0 or > 1024)
        {
            return false;
        }

        var rest = text;
        string? digest = null, tag = null, host = null;
        int? port = null;
        if (rest.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at)
        {
            (rest, digest) = (rest[..at], rest[(at + 1)..]);
            if (!ContentDigest.IsSupported(digest))
            {
                return false;
            }
        }

        // The first part is a host if it could be no part of a repository: so do Docker and its like tell them apart.
        if (rest.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            && (rest[..slash] == "localhost" || rest.AsSpan(0, slash).ContainsAny('.', ':')))
        {
            (host, rest) = (rest[..slash].ToLowerInvariant(), rest[(slash + 1)..]);
            if (host.LastIndexOf(':') is >= 0 and var colon && !host.EndsWith(']'))
            {
                if (!int.TryParse(host.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
                {
                    return false;
                }

                (host, port) = (host[..colon], number);
            }
        }

        if (rest.IndexOf(':', StringComparison.Ordinal) is >= 0 and var mark)
        {
            (rest, tag) = (rest[..mark], rest[(mark + 1)..]);
            if (!RegistryNames.IsTag(tag))
            {
                return false;
            }
        }

        if (!RegistryNames.IsRepository(rest) || (host is not null && Uri.CheckHostName(host) == UriHostNameType.Unknown))
        {
            return false;
        }

        name = new(host, port, rest, tag, digest);
        return true;
    }
}
