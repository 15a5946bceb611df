using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class DeleteRepository(EcrStore store, RegistryAddresses names) : IOperation<DeleteRepositoryRequest, DeleteRepositoryResponse>
{
    public async ValueTask<DeleteRepositoryResponse> HandleAsync(
        DeleteRepositoryRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        return await store.DeleteRepositoryAsync(key, request.Force is true, cancellationToken) switch
        {
            null => throw EcrErrors.NoSuchRepository(key),
            { Deleted: false } => throw EcrErrors.RepositoryNotEmpty(key),
            { Repository: var repository } => new() { Repository = RepositoryView.Deleted(key, repository, names) },
        };
    }
}
