using Fogbank.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.Routing;

/// <summary>The routes of one REST API. Made at the API's first call.</summary>
internal sealed class RestRouteTable
{
    private readonly Dictionary<string, RestRoute[]> _byMethod;
    private readonly bool _keepsSlashes;

    public RestRouteTable(Api api)
    {
        // A slash at the end of a key is part of it; everywhere else it means nothing.
        _keepsSlashes = api.Name == "s3";
        _byMethod = api.Operations
            .Where(operation => !Discriminators.IsShadowed(operation))
            .GroupBy(operation => operation.Method, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group =>
                {
                    var routes = group.Select(operation => new RestRoute(operation)).ToArray();
                    Array.Sort(routes, RestRoute.Compare);
                    return routes;
                },
                StringComparer.Ordinal);
    }

    /// <summary>The most specific operation that a request fits; null where none does.</summary>
    public RestRoute? Find(string method, string rawPath, string rawQuery, IHeaderDictionary? headers)
    {
        if (!_byMethod.TryGetValue(method, out var routes))
        {
            return null;
        }

        var path = Trim(rawPath);
        foreach (var route in routes)
        {
            if (route.IsMatch(path, rawQuery, headers))
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>The path as the routes compare it.</summary>
    public ReadOnlySpan<char> Trim(string rawPath)
    {
        var path = rawPath.AsSpan();
        if (!_keepsSlashes)
        {
            return path.TrimEnd('/');
        }

        // "/bucket/" is the bucket, "/bucket/key/" the key "key/".
        return path.Length > 2 && path[1..].IndexOf('/') == path.Length - 2 ? path[..^1] : path;
    }
}
