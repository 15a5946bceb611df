using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Store;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Blobs: whether they are there, their bytes, their end.</summary>
internal sealed class BlobEndpoint(EcrStore store, BlobUploads uploads, RegistryAccess access)
{
    private const int CopyBytes = 128 * 1024;

    internal Task HandleAsync(RegistryCall call, CancellationToken cancellationToken) => call.Request.Method switch
    {
        "HEAD" => HeadAsync(call, cancellationToken),
        "GET" => GetAsync(call, cancellationToken),
        "DELETE" => DeleteAsync(call, cancellationToken),
        _ => throw RegistryErrors.MethodNotAllowed(),
    };

    private async Task HeadAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        await access.DemandCheckAsync(call, cancellationToken);
        var link = await FindAsync(call, cancellationToken);
        await uploads.TouchAsync(call.Repository, link, cancellationToken);
        Describe(call, link);
        call.Response.ContentLength = link.SizeBytes;
    }

    private async Task GetAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        await access.DemandDownloadAsync(call, call.Route.Reference, cancellationToken);
        var link = await FindAsync(call, cancellationToken);
        Describe(call, link);
        if (call.Request.Headers.IfNoneMatch.ToString().Contains($"\"{link.Digest}\"", StringComparison.Ordinal))
        {
            call.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var range = call.Request.Headers.IfRange.Count == 0 || call.Request.Headers.IfRange == $"\"{link.Digest}\""
            ? BlobRange.Parse(call.Request.Headers.Range, link.SizeBytes)
            : BlobRange.Whole(link.SizeBytes);
        if (!range.IsSatisfiable)
        {
            throw new RegistryException(416, "SIZE_INVALID", "The range does not lie inside the blob") { Headers = [new("Content-Range", $"bytes */{link.SizeBytes}")] };
        }

        await using var stream = await store.Blobs.OpenReadAsync(new BlobId(link.Blob), range.Offset, range.Length, cancellationToken)
            ?? throw RegistryErrors.BlobUnknown();
        if (range.IsPartial)
        {
            call.Response.StatusCode = StatusCodes.Status206PartialContent;
            call.Response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{link.SizeBytes}";
        }

        call.Response.ContentLength = range.Length;
        await stream.CopyToAsync(call.Response.Body, CopyBytes, cancellationToken);
    }

    private async Task DeleteAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        await access.DemandDeleteAsync(call, cancellationToken);
        var link = await FindAsync(call, cancellationToken);
        if (!await store.TryDeleteBlobAsync(call.Repository, link.Digest, cancellationToken))
        {
            throw RegistryErrors.BlobInUse(link.Images);
        }

        call.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async ValueTask<BlobLinkRecord> FindAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        if (!ContentDigest.IsSupported(call.Route.Reference))
        {
            throw RegistryErrors.DigestInvalid(call.Route.Reference);
        }

        return await store.FindBlobAsync(call.Repository, call.Route.Reference, cancellationToken)
            ?? throw (await store.FindRepositoryAsync(call.Repository, cancellationToken) is null
                ? RegistryErrors.NameUnknown(call.Repository)
                : RegistryErrors.BlobUnknown());
    }

    private static void Describe(RegistryCall call, BlobLinkRecord link)
    {
        var headers = call.Response.Headers;
        headers["Docker-Content-Digest"] = link.Digest;
        headers.ETag = $"\"{link.Digest}\"";
        headers.AcceptRanges = "bytes";
        headers.ContentType = "application/octet-stream";
    }
}
