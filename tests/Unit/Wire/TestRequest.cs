using Fogbank.Wire.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fogbank.Tests.Unit.Wire;

/// <summary>Requests as the front door sees them, without a connection.</summary>
internal static class TestRequest
{
    public static RequestFacts Of(string method, string target, string host, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        context.Request.Method = method;
        context.Request.Headers.Host = host;
        foreach (var (name, value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }

        return RequestFacts.Of(context);
    }
}
