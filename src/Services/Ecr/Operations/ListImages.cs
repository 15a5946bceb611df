using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>An entry a tag, and one for each image without: first the tags by name, then the images by digest.</summary>
[Operation]
internal sealed class ListImages(EcrStore store) : IOperation<ListImagesRequest, ListImagesResponse>
{
    // Which of the two lists a token goes on in.
    private const char InTags = 't';
    private const char InUntagged = 'u';

    public async ValueTask<ListImagesResponse> HandleAsync(ListImagesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var status = request.Filter?.TagStatus ?? TagStatus.Any;
        var limit = request.MaxResults ?? EcrLimits.PageSize;
        if (request.Filter?.ImageStatus is not (null or ImageStatusFilter.Active or ImageStatusFilter.Any))
        {
            return new() { ImageIds = [] };
        }

        var (phase, after) = ParseToken(request.NextToken) ?? (status == TagStatus.Untagged ? InUntagged : InTags, null);
        var found = new List<ImageIdentifier>();
        if (phase == InTags)
        {
            var page = await store.ListTagsAsync(key, limit, after, cancellationToken);
            found.AddRange(page.Items.Select(static entry => new ImageIdentifier { ImageDigest = entry.Value.Digest, ImageTag = EcrStore.TagOf(entry.Key) }));
            if (page.Next is { } next)
            {
                return new() { ImageIds = found, NextToken = InTags + next.ToString() };
            }

            if (status == TagStatus.Tagged)
            {
                return new() { ImageIds = found };
            }

            after = null;
        }

        if (found.Count == limit)
        {
            // The page is full to the brim; whether anything comes behind it, the next one says.
            var any = await UntaggedAsync(key, 1, null, cancellationToken);
            return new() { ImageIds = found, NextToken = any.Items.Count > 0 ? InUntagged.ToString() : null };
        }

        var (images, rest) = await UntaggedAsync(key, limit - found.Count, after, cancellationToken);
        found.AddRange(images.Select(static image => new ImageIdentifier { ImageDigest = image.Digest }));
        return new() { ImageIds = found, NextToken = rest is { } more ? InUntagged + more.ToString() : null };
    }

    private ValueTask<(IReadOnlyList<ImageRecord> Items, ScanToken? Next)> UntaggedAsync(
        RepositoryKey key, int limit, ScanToken? after, CancellationToken cancellationToken) =>
        store.Database.ScanWhereAsync(EcrSchema.Images, EcrStore.KeyOf(key), static image => image.TagCount == 0, limit, after, cancellationToken);

    private static (char Phase, ScanToken? After)? ParseToken(string? token) => token switch
    {
        null => null,
        [InTags or InUntagged, ..] => (token[0], token.Length == 1 ? null : EcrPaging.Parse(token[1..])),
        _ => throw EcrPaging.Invalid(),
    };
}
