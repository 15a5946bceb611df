using Fogbank.Contracts;
using Fogbank.Kernel;
using Fogbank.Wire.Hosting;
using Fogbank.Wire.Routing;
using Fogbank.Wire.Surfaces;
using Fogbank.Wire.WebProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fogbank.Wire.FrontDoor;

/// <summary>The way of a request: protect, route, authenticate, decode, validate, authorize, handle, answer.</summary>
internal sealed partial class FrontDoorPipeline : IDisposable
{
    private readonly ILogger _logger;
    private readonly FrontDoorMetrics _metrics;
    private readonly PageGuard _guard;
    private readonly ServiceRouter _router;
    private readonly InternalPages _pages;
    private readonly ApiHandler _apis;
    private readonly IHttpSurface[] _surfaces;
    private readonly ICorsPolicySource? _cors;

    public FrontDoorPipeline(RegionServerParts parts)
    {
        _logger = parts.Loggers.CreateLogger<FrontDoorPipeline>();
        _metrics = new FrontDoorMetrics(parts.Services.GetService<System.Diagnostics.Metrics.IMeterFactory>());
        _guard = new PageGuard(parts.Options);
        _router = new ServiceRouter(parts.Apis, parts.Options.BaseDomain);
        _pages = new InternalPages(parts);
        _apis = new ApiHandler(parts, _router, _metrics);
        _surfaces = [.. parts.Services.GetServices<IHttpSurface>()];
        _cors = parts.Services.GetService<ICorsPolicySource>();
    }

    public void Dispose() => _metrics.Dispose();

    public async Task HandleAsync(HttpContext context, ListenerIdentity identity)
    {
        var cancellationToken = context.RequestAborted;
        RequestBody.CloseAfterEmptyExpect(context);
        try
        {
            await RouteAsync(context, identity, cancellationToken);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The client left; there is nobody to answer.
        }
        catch (Exception exception)
        {
            _metrics.Failed();
            LogFailed(_logger, exception, context.Request.Method, context.Request.Path);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            await PlainAnswer.WriteAsync(context, 500, "The request failed because of an unknown error. The region's log has it.");
        }
    }

    private async Task RouteAsync(HttpContext context, ListenerIdentity identity, CancellationToken cancellationToken)
    {
        var facts = RequestFacts.Of(context);
        if (!_guard.IsOwnHost(facts.Host))
        {
            _metrics.RefusedPage();
            await PlainAnswer.WriteAsync(context, 403, $"The host name {facts.Host} is not one of this region's: a web page may be hiding behind it. Allow the host in the region's settings if it is yours.");
            return;
        }

        var surface = Array.Find(_surfaces, surface => surface.Claims(facts.Host, facts.RawPath));
        var origin = _guard.Judge(facts);
        if (surface is { JudgesOrigins: true })
        {
            await surface.HandleAsync(context, cancellationToken);
            return;
        }

        if (origin == PageOrigin.Allowed)
        {
            CorsAnswer.Allow(context);
            if (CorsAnswer.IsPreflight(context.Request))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
        }
        else if (origin == PageOrigin.Foreign && await RefusesPageAsync(context, facts, surface, cancellationToken))
        {
            return;
        }

        if (surface is not null)
        {
            await surface.HandleAsync(context, cancellationToken);
        }
        else if (InternalPages.Claims(facts.RawPath))
        {
            await _pages.HandleAsync(context, facts, cancellationToken);
        }
        else if (HostNames.IsDataPlane(facts.Host) || facts.RawPath.StartsWith("/_aws/", StringComparison.Ordinal))
        {
            await PlainAnswer.WriteAsync(context, 404, $"Nothing is served at {facts.Host}{facts.RawPath}.");
        }
        else
        {
            await _apis.HandleAsync(context, facts, identity.Workload, cancellationToken);
        }
    }

    /// <summary>Answers a page of another origin, unless the bucket that it calls admits it.</summary>
    private async ValueTask<bool> RefusesPageAsync(
        HttpContext context, RequestFacts facts, IHttpSurface? surface, CancellationToken cancellationToken)
    {
        var origin = facts.Header("Origin");
        if (surface is null && origin is not null && _cors is not null && !InternalPages.Claims(facts.RawPath)
            && _router.FindBucket(facts) is { } bucket)
        {
            var isPreflight = CorsAnswer.IsPreflight(context.Request);
            var method = isPreflight ? facts.Header("Access-Control-Request-Method")! : facts.Method;
            var headers = isPreflight ? facts.Header("Access-Control-Request-Headers") : null;
            var decision = await _cors.DecideAsync(
                bucket, origin, method, headers?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [], cancellationToken);
            foreach (var (name, value) in decision.Headers)
            {
                context.Response.Headers.Append(name, value);
            }

            if (decision.IsAllowed)
            {
                // A preflight asks only; its answer is what the rule says.
                return isPreflight;
            }

            if (isPreflight && decision.Refusal is { } refusal)
            {
                await _apis.RefuseAsync(context, facts, new AwsException(
                    new ErrorCode("AccessForbidden", 403),
                    refusal,
                    new Dictionary<string, string> { ["Method"] = method, ["ResourceType"] = "BUCKET" }));
                return true;
            }
        }

        _metrics.RefusedPage();
        LogRefusedPage(_logger, origin ?? "(cross-site)", facts.Method);
        RequestBody.CloseUnlessShort(context);
        await PlainAnswer.WriteAsync(context, 403, $"This region takes no requests from the web page of {origin ?? "another site"}: any page could then run code on this machine. Allow its origin in the region's settings, or by the bucket's CORS rules, if it is yours.");
        return true;
    }

    [LoggerMessage(LogLevel.Error, "A {Method} request to {Path} failed outside of any API")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(LogLevel.Warning, "Refused a {Method} request of the web page of {Origin}; allow its origin in the settings if it is yours")]
    private static partial void LogRefusedPage(ILogger logger, string origin, string method);
}
