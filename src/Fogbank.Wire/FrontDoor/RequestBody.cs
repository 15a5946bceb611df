using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Fogbank.Wire.FrontDoor;

/// <summary>Reads bodies whole, under a limit.</summary>
internal static class RequestBody
{
    /// <summary>What the rest of a refused body may cost before its connection is closed instead.</summary>
    private const long MaxDrained = 1024 * 1024;

    /// <summary>The whole body; null where it is longer than <paramref name="limit"/>.</summary>
    /// <exception cref="BadHttpRequestException">The body ended early or is malformed.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(
        HttpContext context, Stream body, long? length, long limit, CancellationToken cancellationToken)
    {
        if (length > limit)
        {
            CloseUnlessShort(context);
            return null;
        }

        if (length == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        // The length is the client's word: memory is taken as bytes arrive, not as they are announced.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length ?? 4096, 64 * 1024) + 1);
        var count = 0;
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(buffer.AsMemory(count), cancellationToken);
                if (read == 0)
                {
                    return buffer.AsSpan(0, count).ToArray();
                }

                count += read;
                if (count > limit)
                {
                    CloseUnlessShort(context);
                    return null;
                }

                if (count == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(buffer.Length * 2L, 4096), Math.Max(limit + 1, count + 1L)));
                    buffer.AsSpan(0, count).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The server reads what is left of a body before the next request; a long one is not worth that.</summary>
    public static void CloseUnlessShort(HttpContext context)
    {
        // A client that asked whether to send its body will not send it after an error, so what comes next would pass for the body.
        if ((context.Request.ContentLength is null or > MaxDrained || context.Request.Headers.ContainsKey("Expect"))
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            && !context.Response.HasStarted
            && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }

    /// <summary>
    /// The server sends "100 Continue" when a body is first read, so a client that asks for it with an empty body gets its answer at once.
    /// botocore before 1.31 then takes that answer's status line for the next one's on the same connection, and waits for its time-out.
    /// </summary>
    public static void CloseAfterEmptyExpect(HttpContext context)
    {
        if (context.Request.ContentLength == 0 && context.Request.Headers.ContainsKey("Expect") && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.OnStarting(
                static state =>
                {
                    ((HttpContext)state).Response.Headers.Connection = "close";
                    return Task.CompletedTask;
                },
                context);
        }
    }

    /// <summary>Bodies that stream may be slow and long, both ways; so may workloads, which share a processor or are frozen.</summary>
    public static void LiftLimits(HttpContext context)
    {
        if (!HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // The server sets rates by connection there.
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
}
