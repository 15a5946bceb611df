using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Ecr.Http;

/// <summary>A request to the registry, once it is known whose it is.</summary>
internal sealed record RegistryCall(HttpContext Http, RegistryRoute Route, RequestContext Context)
{
    /// <summary>The repository of the path.</summary>
    internal RepositoryKey Repository => new(Context.Scope, Route.Repository);

    internal HttpRequest Request => Http.Request;

    internal HttpResponse Response => Http.Response;

    /// <summary>A parameter of the query; null where it is absent.</summary>
    internal string? Query(string name) => Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
}
