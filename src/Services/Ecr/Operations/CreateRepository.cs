using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class CreateRepository(EcrStore store, RegistryAddresses names, TimeProvider time)
    : IOperation<CreateRepositoryRequest, CreateRepositoryResponse>
{
    public async ValueTask<CreateRepositoryResponse> HandleAsync(
        CreateRepositoryRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        RepositorySettings.CheckEncryption(request.EncryptionConfiguration?.EncryptionType, request.EncryptionConfiguration?.KmsKey);
        var mutability = request.ImageTagMutability ?? ImageTagMutability.Mutable;
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        var repository = new RepositoryRecord
        {
            Name = key.Name,
            CreatedAt = time.GetUtcNow(),
            TagMutability = mutability,
            TagFilters = RepositorySettings.Filters(mutability, request.ImageTagMutabilityExclusionFilters),
            ScanOnPush = request.ImageScanningConfiguration?.ScanOnPush is true,
            Tags = ResourceTags.Add(new Dictionary<string, string>(), request.Tags),
        };
        return await store.TryCreateRepositoryAsync(key, repository, cancellationToken)
            ? new() { Repository = RepositoryView.From(key, repository, names) }
            : throw EcrErrors.RepositoryExists(key);
    }
}
