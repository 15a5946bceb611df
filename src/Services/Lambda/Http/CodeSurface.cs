using Fogbank.Kernel;
using Fogbank.Services.Lambda.Store;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Lambda.Http;

/// <summary>Serves what <see cref="CodeLinks"/> links to: GetFunction's <c>Code.Location</c>.</summary>
internal sealed class CodeSurface(CodeLinks links, LambdaStore store) : IHttpSurface
{
    public bool Claims(string host, string path) => path.StartsWith(CodeLinks.PathPrefix, StringComparison.Ordinal);

    public async Task HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var digest = request.Path.Value![CodeLinks.PathPrefix.Length..];
        if (request.Method is not ("GET" or "HEAD"))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (!links.IsValid(digest, request.Query["Expires"], request.Query["Signature"]))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "AccessDenied", "Request has expired");
            return;
        }

        var blobs = store.Control.Blobs;
        var blob = await blobs.FindAsync($"sha256:{digest}", cancellationToken);
        await using var stream = blob is { } id ? await blobs.OpenReadAsync(id, 0, null, cancellationToken) : null;
        if (stream is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "NoSuchKey", "The specified key does not exist.");
            return;
        }

        context.Response.ContentType = "application/zip";
        context.Response.ContentLength = await blobs.FindLengthAsync(blob!.Value, cancellationToken);
        if (request.Method == "GET")
        {
            await stream.CopyToAsync(context.Response.Body, cancellationToken);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    }
}
