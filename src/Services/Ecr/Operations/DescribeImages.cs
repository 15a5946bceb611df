using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class DescribeImages(EcrStore store) : IOperation<DescribeImagesRequest, DescribeImagesResponse>
{
    public async ValueTask<DescribeImagesResponse> HandleAsync(
        DescribeImagesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var (images, next) = request.ImageIds is { } ids
            ? (await NamedAsync(key, ids, request, cancellationToken), null)
            : await PageAsync(key, request, cancellationToken);
        var details = new List<ImageDetail>(images.Count);
        foreach (var image in images)
        {
            var tags = image.TagCount == 0 ? [] : await store.TagsOfAsync(key, image.Digest, cancellationToken);
            details.Add(ImageView.Detail(key, image, tags));
        }

        return new() { ImageDetails = details, NextToken = next?.ToString() };
    }

    private ValueTask<(IReadOnlyList<ImageRecord> Items, ScanToken? Next)> PageAsync(
        RepositoryKey key, DescribeImagesRequest request, CancellationToken cancellationToken) =>
        store.Database.ScanWhereAsync(
            EcrSchema.Images,
            EcrStore.KeyOf(key),
            image => Fits(image, request.Filter),
            request.MaxResults ?? EcrLimits.PageSize,
            EcrPaging.Parse(request.NextToken),
            cancellationToken);

    private async ValueTask<IReadOnlyList<ImageRecord>> NamedAsync(
        RepositoryKey key, IReadOnlyList<ImageIdentifier> ids, DescribeImagesRequest request, CancellationToken cancellationToken)
    {
        EcrPaging.RefuseBeside("imageIds", request.NextToken, request.MaxResults);
        var images = new Dictionary<string, ImageRecord>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            if (ImageLookup.FindFault(id) is { } fault)
            {
                throw EcrErrors.InvalidParameter("imageIds", fault.FailureReason!);
            }

            var (image, _) = await ImageLookup.FindAsync(store, key, id, cancellationToken);
            if (image is null)
            {
                throw EcrErrors.NoSuchImage(key, id.ImageDigest, id.ImageTag);
            }

            images[image.Digest] = image;
        }

        return [.. images.Values.Where(image => Fits(image, request.Filter))];
    }

    private static bool Fits(ImageRecord image, DescribeImagesFilter? filter) =>
        filter?.ImageStatus is null or ImageStatusFilter.Active or ImageStatusFilter.Any
        && filter?.TagStatus switch
        {
            TagStatus.Tagged => image.TagCount > 0,
            TagStatus.Untagged => image.TagCount == 0,
            _ => true,
        };
}
