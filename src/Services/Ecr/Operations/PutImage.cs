using System.Text;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class PutImage(EcrStore store) : IOperation<PutImageRequest, PutImageResponse>
{
    public async ValueTask<PutImageResponse> HandleAsync(PutImageRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        if (request.ImageTag is { } wanted && !RegistryNames.IsTag(wanted))
        {
            throw EcrErrors.InvalidParameter("imageTag", $"must satisfy regular expression '{ImageLookup.TagForm}'");
        }

        if (request.ImageDigest is { } expected && !ContentDigest.IsSupported(expected))
        {
            throw EcrErrors.InvalidParameter("imageDigest", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
        }

        var bytes = Encoding.UTF8.GetBytes(request.ImageManifest);
        if (bytes.Length > ManifestReader.MaxBytes)
        {
            throw EcrErrors.InvalidParameter("imageManifest", $"must have at most {ManifestReader.MaxBytes} bytes");
        }

        var facts = ManifestReader.TryRead(bytes, request.ImageManifestMediaType, out var problem)
            ?? throw EcrErrors.InvalidParameter("imageManifest", problem);
        var digest = ContentDigest.Of(bytes, request.ImageDigest);
        if (request.ImageDigest is { } said && said != digest)
        {
            throw EcrErrors.DigestDoesNotMatch(said, digest);
        }

        await using var writer = store.Blobs.Create();
        await writer.WriteAsync(bytes, cancellationToken);
        await using var pushed = new PushedManifest(digest, facts, await writer.CompleteAsync(cancellationToken));
        var result = await store.PutImageAsync(key, pushed, request.ImageTag, cancellationToken);
        return result.Outcome switch
        {
            PutImageOutcome.Created or PutImageOutcome.Tagged =>
                new() { Image = ImageView.From(key, result.Image!, request.ImageTag, request.ImageManifest) },
            PutImageOutcome.Unchanged => throw EcrErrors.ImageExists(key, digest, request.ImageTag),
            PutImageOutcome.TagImmutable => throw EcrErrors.TagIsImmutable(key, request.ImageTag!),
            PutImageOutcome.BlobsMissing => throw EcrErrors.LayersMissing(key, result.Missing),
            PutImageOutcome.ImagesMissing => throw EcrErrors.ReferencedImagesMissing(key, result.Missing),
            PutImageOutcome.SizeDiffers => throw EcrErrors.InvalidParameter(
                "imageManifest", $"the sizes of [{string.Join(", ", result.Missing)}] must be those of the layers"),
            PutImageOutcome.TooManyTags => throw EcrErrors.LimitExceeded($"The image with digest '{digest}' has the maximum number of tags already"),
            _ => throw EcrErrors.NoSuchRepository(key),
        };
    }
}
