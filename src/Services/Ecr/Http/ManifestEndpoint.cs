using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Manifests by tag and by digest.</summary>
internal sealed class ManifestEndpoint(EcrStore store, ManifestIntake intake, PullTimes pulls, PushTargets targets, RegistryAccess access)
{
    internal Task HandleAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        var reference = call.Route.Reference;
        if (!ContentDigest.IsSupported(reference) && !RegistryNames.IsTag(reference))
        {
            throw RegistryErrors.TagInvalid(reference);
        }

        return call.Request.Method switch
        {
            "GET" or "HEAD" => ReadAsync(call, cancellationToken),
            "PUT" => PutAsync(call, cancellationToken),
            "DELETE" => DeleteAsync(call, cancellationToken),
            _ => throw RegistryErrors.MethodNotAllowed(),
        };
    }

    private async Task ReadAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        await access.DemandPullAsync(call, cancellationToken);
        var image = await FindAsync(call, cancellationToken);
        if (!Accepts(call.Request, image.MediaType))
        {
            throw RegistryErrors.NotAcceptable(image.MediaType);
        }

        var headers = call.Response.Headers;
        headers["Docker-Content-Digest"] = image.Digest;
        headers.ETag = $"\"{image.Digest}\"";
        headers.ContentType = image.MediaType;
        if (call.Request.Headers.IfNoneMatch.ToString() is { Length: > 0 } known && known.Contains($"\"{image.Digest}\"", StringComparison.Ordinal))
        {
            call.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (call.Request.Method == "HEAD")
        {
            call.Response.ContentLength = image.ManifestBytes;
            return;
        }

        var bytes = await store.ReadManifestAsync(image, cancellationToken) ?? throw RegistryErrors.ManifestUnknown();
        await pulls.RecordAsync(call.Repository, image, cancellationToken);
        call.Response.ContentLength = bytes.Length;
        await call.Response.BodyWriter.WriteAsync(bytes, cancellationToken);
    }

    private async Task PutAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        await access.DemandPutImageAsync(call, cancellationToken);
        await targets.EnsureAsync(call, cancellationToken);
        var (key, reference) = (call.Repository, call.Route.Reference);
        var digest = ContentDigest.IsSupported(reference) ? reference : null;
        await using var pushed = await intake.ReadAsync(call.Request, digest, cancellationToken);
        var tag = digest is null ? reference : null;
        var result = await store.PutImageAsync(key, pushed, tag, cancellationToken);
        if (!result.IsAccepted)
        {
            throw Refusal(key, tag, result);
        }

        call.Response.StatusCode = StatusCodes.Status201Created;
        call.Response.Headers.Location = $"/v2/{key.Name}/manifests/{pushed.Digest}";
        call.Response.Headers["Docker-Content-Digest"] = pushed.Digest;
        if (pushed.Facts.Subject is { } subject)
        {
            // Tells the client that the referrers API knows it, so that it need not keep a tag for that.
            call.Response.Headers["OCI-Subject"] = subject;
        }
    }

    private async Task DeleteAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        await access.DemandDeleteAsync(call, cancellationToken);
        var (key, reference) = (call.Repository, call.Route.Reference);
        var outcome = ContentDigest.IsSupported(reference)
            ? await store.DeleteImageAsync(key, reference, cancellationToken)
            : (await store.DeleteTagAsync(key, reference, digest: null, withImage: false, cancellationToken)).Outcome;
        call.Response.StatusCode = outcome switch
        {
            DeleteImageOutcome.Deleted or DeleteImageOutcome.Untagged => StatusCodes.Status202Accepted,
            DeleteImageOutcome.RepositoryNotFound => throw RegistryErrors.NameUnknown(key),
            DeleteImageOutcome.Referenced => throw RegistryErrors.ImageReferenced(),
            _ => throw RegistryErrors.ManifestUnknown(),
        };
    }

    private async ValueTask<ImageRecord> FindAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        var (key, reference) = (call.Repository, call.Route.Reference);
        var digest = ContentDigest.IsSupported(reference) ? reference : (await store.FindTagAsync(key, reference, cancellationToken))?.Digest;
        return (digest is null ? null : await store.FindImageAsync(key, digest, cancellationToken))
            ?? throw (await store.FindRepositoryAsync(key, cancellationToken) is null
                ? RegistryErrors.NameUnknown(key)
                : RegistryErrors.ManifestUnknown());
    }

    /// <summary>Whether the client takes a manifest of that type. No header, and types that say nothing of manifests, take all.</summary>
    private static bool Accepts(HttpRequest request, string mediaType)
    {
        var named = false;
        foreach (var header in request.Headers.Accept)
        {
            foreach (var range in (header ?? "").AsSpan().Split(','))
            {
                var item = header.AsSpan()[range];
                var end = item.IndexOf(';');
                item = (end < 0 ? item : item[..end]).Trim();
                if (item.SequenceEqual(mediaType) || item is "*/*" or "application/*" or "application/json")
                {
                    return true;
                }

                named |= !item.IsEmpty;
            }
        }

        return !named;
    }

    private static RegistryException Refusal(RepositoryKey key, string? tag, PutImageResult result) => result.Outcome switch
    {
        PutImageOutcome.RepositoryNotFound => RegistryErrors.NameUnknown(key),
        PutImageOutcome.TagImmutable => RegistryErrors.TagImmutable(key, tag!),
        PutImageOutcome.BlobsMissing => RegistryErrors.LayersMissing(key, result.Missing),
        PutImageOutcome.ImagesMissing => RegistryErrors.ImagesMissing(key, result.Missing),
        PutImageOutcome.SizeDiffers => RegistryErrors.SizesDiffer(result.Missing),
        _ => RegistryErrors.TooManyTags(key),
    };
}
