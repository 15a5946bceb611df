using Fogbank.Wire.FrontDoor;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fogbank.Wire.Hosting;

/// <summary>Between the server and the front door: makes the context of a request, once a connection, and finds out whose listener it came by.</summary>
internal sealed class FrontDoorApplication(Func<HttpContext, ListenerIdentity, Task> region, RequestDrain drain, IServiceProvider services)
    : IHttpApplication<DefaultHttpContext>
{
    private static readonly ListenerIdentity Unknown = new(null, null);

    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is IHostContextContainer<DefaultHttpContext> { HostContext: { } kept })
        {
            kept.Initialize(contextFeatures);
            return kept;
        }

        var context = new DefaultHttpContext(contextFeatures) { RequestServices = services };
        if (contextFeatures is IHostContextContainer<DefaultHttpContext> container)
        {
            container.HostContext = context;
        }

        return context;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        var identity = context.Features.Get<ListenerIdentity>() ?? Unknown;
        if (identity is { Handler: null, Workload: null })
        {
            return ProcessCountedAsync(context, identity);
        }

        RequestBody.LiftLimits(context);
        return identity.Handler is { } handler ? handler(context) : region(context, identity);
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception)
    {
        if (context.Features is IHostContextContainer<DefaultHttpContext>)
        {
            context.Uninitialize();
        }
    }

    private async Task ProcessCountedAsync(DefaultHttpContext context, ListenerIdentity identity)
    {
        if (!drain.TryEnter())
        {
            context.Response.Headers.Connection = "close";
            await PlainAnswer.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "The region is stopping.");
            return;
        }

        try
        {
            await region(context, identity);
        }
        finally
        {
            drain.Exit();
        }
    }
}
