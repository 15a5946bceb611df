using Microsoft.AspNetCore.Http;

namespace Fogbank.Kernel;

/// <summary>Hosts and paths that a service serves beside its API: function URLs, registry, stages. Asked before API routing.</summary>
public interface IHttpSurface
{
    /// <summary>Whether a request is for this surface. Cheap and pure; called for every request.</summary>
    /// <param name="host">Host name without port, lower case.</param>
    /// <param name="path">Undecoded path.</param>
    bool Claims(string host, string path);

    /// <summary>
    /// Whether the surface judges web pages of other origins itself, by CORS rules of its own (function URLs, API stages). Where it does not,
    /// the front door refuses them.
    /// </summary>
    bool JudgesOrigins => false;

    /// <summary>Answers the raw request. The front door has already refused hostile hosts and origins.</summary>
    Task HandleAsync(HttpContext context, CancellationToken cancellationToken);
}
