using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>By tag, takes the tag away, and the image with its last one; by digest, the image with all its tags.</summary>
[Operation]
internal sealed class BatchDeleteImage(EcrStore store) : IOperation<BatchDeleteImageRequest, BatchDeleteImageResponse>
{
    public async ValueTask<BatchDeleteImageResponse> HandleAsync(
        BatchDeleteImageRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var deleted = new List<ImageIdentifier>();
        var failures = new List<ImageFailure>();

        // An index first, whatever the order: its images can go once it is gone, and a request may well name them all.
        foreach (var id in await OrderAsync(key, request.ImageIds, cancellationToken))
        {
            if (ImageLookup.FindFault(id) is { } fault)
            {
                failures.Add(fault);
            }
            else if (await DeleteAsync(key, id, deleted, cancellationToken) is { } failure)
            {
                failures.Add(failure);
            }
        }

        return new() { ImageIds = deleted, Failures = failures };
    }

    private async ValueTask<IReadOnlyList<ImageIdentifier>> OrderAsync(
        RepositoryKey key, IReadOnlyList<ImageIdentifier> ids, CancellationToken cancellationToken)
    {
        var ordered = new List<(int Depth, ImageIdentifier Id)>(ids.Count);
        foreach (var id in ids)
        {
            var (image, _) = await ImageLookup.FindAsync(store, key, id, cancellationToken);
            ordered.Add((image is { Children.Count: > 0 } ? image.Parents > 0 ? 1 : 0 : 2, id));
        }

        return [.. ordered.OrderBy(static item => item.Depth).Select(static item => item.Id)];
    }

    /// <returns>Null where it was deleted.</returns>
    private async ValueTask<ImageFailure?> DeleteAsync(
        RepositoryKey key, ImageIdentifier id, List<ImageIdentifier> deleted, CancellationToken cancellationToken)
    {
        if (id.ImageTag is { } tag)
        {
            var (outcome, digest) = await store.DeleteTagAsync(key, tag, id.ImageDigest, withImage: true, cancellationToken);
            switch (outcome)
            {
                case DeleteImageOutcome.NotFound:
                    return ImageLookup.NotFound(id);
                case DeleteImageOutcome.TagDiffers:
                    return ImageLookup.TagDiffers(id);
                case DeleteImageOutcome.RepositoryNotFound:
                    throw EcrErrors.NoSuchRepository(key);
                default:
                    deleted.Add(new() { ImageDigest = digest, ImageTag = tag });
                    return null;
            }
        }

        var tags = await store.TagsOfAsync(key, id.ImageDigest!, cancellationToken);
        switch (await store.DeleteImageAsync(key, id.ImageDigest!, cancellationToken))
        {
            case DeleteImageOutcome.RepositoryNotFound:
                throw EcrErrors.NoSuchRepository(key);
            case DeleteImageOutcome.NotFound:
                return ImageLookup.NotFound(id);
            case DeleteImageOutcome.Referenced:
                var parents = await ParentsOfAsync(key, id.ImageDigest!, cancellationToken);
                return ImageView.Failure(
                    id, ImageFailureCode.ImageReferencedByManifestList, $"Requested image referenced by manifest list: [{string.Join(", ", parents)}]");
            default:
                deleted.AddRange(tags.Select(tag => new ImageIdentifier { ImageDigest = id.ImageDigest, ImageTag = tag }));
                if (tags.Count == 0)
                {
                    deleted.Add(new() { ImageDigest = id.ImageDigest });
                }

                return null;
        }
    }

    /// <summary>The indexes that name an image. Read only for the text of a refusal, so a scan will do.</summary>
    private async ValueTask<IReadOnlyList<string>> ParentsOfAsync(RepositoryKey key, string digest, CancellationToken cancellationToken)
    {
        var (parents, _) = await store.Database.ScanWhereAsync(
            EcrSchema.Images, EcrStore.KeyOf(key), image => image.Children.Contains(digest), 20, null, cancellationToken);
        return [.. parents.Select(static image => image.Digest)];
    }
}
