using System.Globalization;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Tokens;
using Fogbank.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Serves what GetDownloadUrlForLayer links to. The link is the permission, so there is nobody to ask for.</summary>
internal sealed class LayerSurface(LayerUrls urls, EcrStore store) : IHttpSurface
{
    public bool Claims(string host, string path) => path.StartsWith(LayerUrls.PathPrefix, StringComparison.Ordinal);

    public async Task HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Method is not ("GET" or "HEAD"))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (!urls.TryOpen(request.Path.Value!, out var link) || urls.IsExpired(link))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "AccessDenied", link is null ? "Access Denied" : "Request has expired");
            return;
        }

        var key = new RepositoryKey(new Scope(link.AccountId, link.Region), link.Repository);
        if (await store.FindBlobAsync(key, link.Digest, cancellationToken) is not { } blob)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "NoSuchKey", "The specified key does not exist.");
            return;
        }

        var size = blob.SizeBytes;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = $"\"{link.Digest}\"";
        response.ContentType = "application/octet-stream";
        var (from, length, isPart) = RangeOf(request, size);
        if (length < 0)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
            await RefuseAsync(context, StatusCodes.Status416RangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable");
            return;
        }

        await using var stream = await store.Blobs.OpenReadAsync(new BlobId(blob.Blob), from, length, cancellationToken);
        if (stream is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "NoSuchKey", "The specified key does not exist.");
            return;
        }

        response.ContentLength = length;
        if (isPart)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{from + length - 1}/{size}");
        }

        if (request.Method == "GET")
        {
            await stream.CopyToAsync(response.Body, cancellationToken);
        }
    }

    /// <summary>The one range that was asked for; the whole where none was, or several, or one that cannot be read. A negative length: outside.</summary>
    private static (long From, long Length, bool IsPart) RangeOf(HttpRequest request, long size)
    {
        if (!RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header) || header.Unit != "bytes" || header.Ranges.Count != 1)
        {
            return (0, size, false);
        }

        var range = header.Ranges.First();
        if (range.From is { } from)
        {
            return from >= size ? (0, -1, true) : (from, Math.Min(range.To ?? size - 1, size - 1) - from + 1, true);
        }

        var last = Math.Min(range.To!.Value, size);
        return last == 0 ? (0, -1, true) : (size - last, last, true);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    }
}
