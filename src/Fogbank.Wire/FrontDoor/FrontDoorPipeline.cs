using Fogbank.Wire.Hosting;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.FrontDoor;

/// <summary>The way of a request: protect, route, authenticate, decode, validate, authorize, handle, answer.</summary>
internal sealed class FrontDoorPipeline(RegionServerParts parts)
{
    private readonly RegionServerParts _parts = parts;

    public Task HandleAsync(HttpContext context, ListenerIdentity identity)
    {
        context.Response.StatusCode = StatusCodes.Status501NotImplemented;
        return context.Response.WriteAsync($"{identity.Workload?.WorkloadId}{_parts.Options.Version}\n", context.RequestAborted);
    }
}
