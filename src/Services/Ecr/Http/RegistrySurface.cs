using System.Buffers;
using System.Text.Json;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Ecr.Http;

/// <summary>The OCI distribution API 1.1 below <c>/v2/</c>: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md</summary>
internal sealed partial class RegistrySurface(
    RegistryAccess access,
    BlobEndpoint blobs,
    UploadEndpoint uploads,
    ManifestEndpoint manifests,
    ListEndpoint lists,
    ILogger<RegistrySurface> logger) : IHttpSurface
{
    private const int MaxDrained = 64 * 1024;

    public bool Claims(string host, string path) =>
        (path.StartsWith("/v2/", StringComparison.Ordinal) || path is "/v2")
        && (RegistryHost.Parse(host) is not null || (RegistryHost.IsPlain(host) && RegistryRoute.Parse(path) is not null));

    public async Task HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        LiftRates(context);
        try
        {
            await DispatchAsync(context, cancellationToken);
        }
        catch (Exception failure) when (Translate(failure, cancellationToken) is { } refusal && !context.Response.HasStarted)
        {
            if (refusal.Status >= 500)
            {
                LogStoreFailed(logger, failure);
            }

            await RefuseAsync(context, refusal);
        }
    }

    private async Task DispatchAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        if (!path.StartsWith('/'))
        {
            path = context.Request.Path.Value!;
        }

        var caller = access.Identify(context, context.Request.Host.Host.ToLowerInvariant());
        if (RegistryRoute.Parse(path) is not { } route)
        {
            throw new RegistryException(404, "UNSUPPORTED", "Nothing of a registry is served at this path");
        }

        if (route.Repository.Length > 0 && !RegistryNames.IsRepository(route.Repository))
        {
            throw RegistryErrors.NameInvalid(route.Repository);
        }

        var call = new RegistryCall(context, route, caller);
        await (route.Resource switch
        {
            RegistryResource.Manifest => manifests.HandleAsync(call, cancellationToken),
            RegistryResource.Blob => blobs.HandleAsync(call, cancellationToken),
            RegistryResource.Upload => uploads.HandleAsync(call, cancellationToken),
            RegistryResource.UploadStart => uploads.StartAsync(call, cancellationToken),
            RegistryResource.Tags => lists.TagsAsync(call, cancellationToken),
            RegistryResource.Referrers => lists.ReferrersAsync(call, cancellationToken),
            RegistryResource.Catalog => lists.CatalogAsync(call, cancellationToken),
            _ => BaseAsync(call),
        });
    }

    private static Task BaseAsync(RegistryCall call)
    {
        if (call.Request.Method is not ("GET" or "HEAD"))
        {
            throw RegistryErrors.MethodNotAllowed();
        }

        call.Response.ContentType = "application/json";
        call.Response.ContentLength = 2;
        return call.Request.Method == "HEAD" ? Task.CompletedTask : call.Response.WriteAsync("{}", call.Http.RequestAborted);
    }

    /// <returns>What the client is told; null for what the front door deals with.</returns>
    private static RegistryException? Translate(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        RegistryException refusal => refusal,
        _ when cancellationToken.IsCancellationRequested => null,
        StoreException { Error: StoreError.Busy } => RegistryErrors.Busy(),
        StoreException { Error: StoreError.Io } => RegistryErrors.DiskFailed(),
        IOException or OperationCanceledException => RegistryErrors.UploadStalled(),
        _ => null,
    };

    private static async Task RefuseAsync(HttpContext context, RegistryException refusal)
    {
        var response = context.Response;
        response.StatusCode = refusal.Status;
        foreach (var (name, value) in refusal.Headers)
        {
            response.Headers[name] = value;
        }

        response.Headers.Remove("Docker-Content-Digest");
        response.Headers.Remove("Accept-Ranges");
        response.Headers.ETag = default;
        if (HttpProtocol.IsHttp11(context.Request.Protocol)
            && (context.Request.ContentLength is null or > MaxDrained || context.Request.Headers.ContainsKey("Expect"))
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            // A body that nobody reads: closing is cheaper than reading it to its end.
            response.Headers.Connection = "close";
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("errors"u8);
            writer.WriteStartObject();
            writer.WriteString("code"u8, refusal.Code);
            writer.WriteString("message"u8, refusal.Message);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        if (context.Request.Method != "HEAD")
        {
            await response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
        }
    }

    /// <summary>Layers are as long and as slow as they are; what stands still has a deadline of its own.</summary>
    private static void LiftRates(HttpContext context)
    {
        if (!HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            return;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } upload)
        {
            upload.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } download)
        {
            download.MinDataRate = null;
        }
    }

    [LoggerMessage(LogLevel.Error, "The registry's store failed")]
    private static partial void LogStoreFailed(ILogger logger, Exception exception);
}
