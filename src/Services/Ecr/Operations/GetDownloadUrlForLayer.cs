using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Tokens;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class GetDownloadUrlForLayer(EcrStore store, LayerUrls urls)
    : IOperation<GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse>
{
    public async ValueTask<GetDownloadUrlForLayerResponse> HandleAsync(
        GetDownloadUrlForLayerRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        return await store.FindBlobAsync(key, request.LayerDigest, cancellationToken) is null
            ? throw EcrErrors.NoSuchLayer(key, request.LayerDigest)
            : new() { LayerDigest = request.LayerDigest, DownloadUrl = urls.Create(context.Endpoint, key, request.LayerDigest).AbsoluteUri };
    }
}
