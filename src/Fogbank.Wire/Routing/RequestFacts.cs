using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fogbank.Wire.Routing;

/// <summary>What routing looks at: the request line as it was sent. The server's own path is decoded and shortened, which breaks keys and signatures.</summary>
internal sealed class RequestFacts
{
    private RequestFacts(HttpRequest request, string rawTarget)
    {
        Request = request;
        RawTarget = rawTarget;
        var mark = rawTarget.IndexOf('?', StringComparison.Ordinal);
        RawPath = mark < 0 ? rawTarget : rawTarget[..mark];
        RawQuery = mark < 0 ? "" : rawTarget[(mark + 1)..];
        Authority = request.Headers.Host.ToString();
        Host = HostOf(Authority);
    }

    public HttpRequest Request { get; }

    public string Method => Request.Method;

    /// <summary>Path and query as sent.</summary>
    public string RawTarget { get; }

    public string RawPath { get; }

    /// <summary>Without the question mark; "" where there is none.</summary>
    public string RawQuery { get; }

    /// <summary>The Host header as sent, with its port.</summary>
    public string Authority { get; }

    /// <summary>Host name without port and brackets, lower case; "" where the client sent none.</summary>
    public string Host { get; }

    public static RequestFacts Of(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/'))
        {
            target = FromAbsolute(target);
        }

        return new RequestFacts(context.Request, target);
    }

    /// <summary>A header's value; null where it is absent or empty.</summary>
    public string? Header(string name) =>
        Request.Headers.TryGetValue(name, out var value) && value.Count > 0 && value.ToString() is { Length: > 0 } text ? text : null;

    internal static string HostOf(string authority)
    {
        if (authority.StartsWith('['))
        {
            var close = authority.IndexOf(']', StringComparison.Ordinal);
            return close < 0 ? authority : authority[1..close].ToLowerInvariant();
        }

        var colon = authority.LastIndexOf(':');
        return (colon < 0 ? authority : authority[..colon]).TrimEnd('.').ToLowerInvariant();
    }

    /// <summary>Proxies send <c>GET http://host/path</c>, and OPTIONS may ask for <c>*</c>.</summary>
    private static string FromAbsolute(string target)
    {
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? -1 : target.IndexOf('/', scheme + 3);
        return path < 0 ? "/" : target[path..];
    }
}
