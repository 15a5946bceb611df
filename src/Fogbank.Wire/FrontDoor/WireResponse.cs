using System.IO.Pipelines;
using Fogbank.Wire.Protocols;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.FrontDoor;

/// <summary>The answer of one HTTP request.</summary>
internal sealed class WireResponse(HttpContext context, string requestId, string? hostId) : IWireResponse
{
    public int Status
    {
        get => context.Response.StatusCode;
        set => context.Response.StatusCode = value;
    }

    public IHeaderDictionary Headers => context.Response.Headers;

    public PipeWriter Body => context.Response.BodyWriter;

    public string RequestId => requestId;

    public string? HostId => hostId;

    public bool IsBodyless => HttpMethods.IsHead(context.Request.Method);
}
