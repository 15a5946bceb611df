using System.Net;
using Fogbank.Wire.Hosting;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.WebProtection;

/// <summary>
/// Keeps web pages out. The region runs code for whoever calls it, and any page that is open in a browser on this machine can call it: by a
/// form, by a script, or by a name of its own that resolves to this address.
/// </summary>
internal sealed class PageGuard(RegionServerOptions options)
{
    private static readonly string[] OwnDomains = ["localhost", "localhost.localstack.cloud", "amazonaws.com", "on.aws", "host.docker.internal"];

    private readonly HashSet<string> _origins = new(options.AllowedOrigins.Select(origin => origin.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a host name is one of the region's own. A page that had its own name resolve to this address (DNS rebinding) is of the same
    /// origin as the region to the browser: only the name gives it away.
    /// </summary>
    public bool IsOwnHost(string host) =>
        host.Length == 0
        || IPAddress.TryParse(host, out _)
        || !host.Contains('.', StringComparison.Ordinal)
        || Array.Exists(OwnDomains, domain => IsUnder(host, domain))
        || (options.BaseDomain is { } own && IsUnder(host, own.ToLowerInvariant()))
        || options.AllowedHosts.Any(allowed => allowed.StartsWith("*.", StringComparison.Ordinal)
            ? IsUnder(host, allowed[2..].ToLowerInvariant())
            : host.Equals(allowed, StringComparison.OrdinalIgnoreCase));

    /// <summary>What sort of page, if any, a request comes from.</summary>
    public PageOrigin Judge(RequestFacts facts)
    {
        if (facts.Header("Origin") is { } origin)
        {
            if (IsAllowed(origin))
            {
                return PageOrigin.Allowed;
            }

            return IsSame(origin, facts) ? PageOrigin.None : PageOrigin.Foreign;
        }

        // Images, links and forms of some browsers send no Origin, but all current ones say whence they come.
        return "cross-site".Equals(facts.Header("Sec-Fetch-Site"), StringComparison.OrdinalIgnoreCase) && !_origins.Contains("*")
            ? PageOrigin.Foreign
            : PageOrigin.None;
    }

    private bool IsAllowed(string origin) => _origins.Contains("*") || _origins.Contains(origin);

    /// <summary>A page that this region itself served. "null", the origin of sandboxes and files, is never one.</summary>
    private static bool IsSame(string origin, RequestFacts facts)
    {
        var scheme = origin.IndexOf("://", StringComparison.Ordinal);
        return scheme > 0
            && origin.AsSpan(0, scheme).Equals(facts.Request.Scheme, StringComparison.OrdinalIgnoreCase)
            && origin.AsSpan(scheme + 3).Equals(facts.Authority, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsUnder(string host, string domain) =>
        host.EndsWith(domain, StringComparison.Ordinal) && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');
}

/// <summary>Where a request comes from, as far as a browser tells.</summary>
internal enum PageOrigin
{
    /// <summary>No page, or one of this region.</summary>
    None,

    /// <summary>A page that the settings let in.</summary>
    Allowed,

    /// <summary>Any other page.</summary>
    Foreign,
}
