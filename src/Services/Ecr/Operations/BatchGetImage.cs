using System.Text;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class BatchGetImage(EcrStore store, PullTimes pulls) : IOperation<BatchGetImageRequest, BatchGetImageResponse>
{
    public async ValueTask<BatchGetImageResponse> HandleAsync(
        BatchGetImageRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var images = new List<Image>();
        var failures = new List<ImageFailure>();
        foreach (var id in request.ImageIds)
        {
            var (image, failure) = await ImageLookup.FindAsync(store, key, id, cancellationToken);
            if (image is not null && request.AcceptedMediaTypes is { } accepted && !accepted.Contains(image.MediaType))
            {
                (image, failure) = (null, ImageLookup.NotFound(id));
            }

            // Deleted between the two reads: as if it had been gone before.
            if (image is null || await store.ReadManifestAsync(image, cancellationToken) is not { } manifest)
            {
                failures.Add(failure ?? ImageLookup.NotFound(id));
                continue;
            }

            await pulls.RecordAsync(key, image, cancellationToken);
            images.Add(ImageView.From(key, image, id.ImageTag, Encoding.UTF8.GetString(manifest)));
        }

        return new() { Images = images, Failures = failures };
    }
}
