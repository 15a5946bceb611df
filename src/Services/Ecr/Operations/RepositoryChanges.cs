using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class PutImageTagMutability(EcrStore store) : IOperation<PutImageTagMutabilityRequest, PutImageTagMutabilityResponse>
{
    public async ValueTask<PutImageTagMutabilityResponse> HandleAsync(
        PutImageTagMutabilityRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        var filters = RepositorySettings.Filters(request.ImageTagMutability, request.ImageTagMutabilityExclusionFilters);
        var repository = await store.ChangeRepositoryAsync(
            key, current => current with { TagMutability = request.ImageTagMutability, TagFilters = filters }, cancellationToken)
            ?? throw EcrErrors.NoSuchRepository(key);
        return new()
        {
            RegistryId = key.RegistryId,
            RepositoryName = key.Name,
            ImageTagMutability = repository.TagMutability,
            ImageTagMutabilityExclusionFilters = RepositoryView.Filters(repository.TagFilters),
        };
    }
}

/// <summary>The setting is kept as AWS keeps it; that nothing scans yet is what the scanning operations answer.</summary>
[Operation]
internal sealed class PutImageScanningConfiguration(EcrStore store)
    : IOperation<PutImageScanningConfigurationRequest, PutImageScanningConfigurationResponse>
{
    public async ValueTask<PutImageScanningConfigurationResponse> HandleAsync(
        PutImageScanningConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        var scanOnPush = request.ImageScanningConfiguration.ScanOnPush is true;
        _ = await store.ChangeRepositoryAsync(key, current => current with { ScanOnPush = scanOnPush }, cancellationToken)
            ?? throw EcrErrors.NoSuchRepository(key);
        return new()
        {
            RegistryId = key.RegistryId,
            RepositoryName = key.Name,
            ImageScanningConfiguration = new() { ScanOnPush = scanOnPush },
        };
    }
}
