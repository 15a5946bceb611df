using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class SetRepositoryPolicy(EcrStore store) : IOperation<SetRepositoryPolicyRequest, SetRepositoryPolicyResponse>
{
    public async ValueTask<SetRepositoryPolicyResponse> HandleAsync(
        SetRepositoryPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        RepositorySettings.CheckPolicy(request.PolicyText);
        if (request.Force is not true && RepositoryPolicy.LocksOut(request.PolicyText))
        {
            throw EcrErrors.InvalidParameter("PolicyText", "The policy would prevent you from setting another policy; use force to set it all the same");
        }

        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        var policy = RepositoryPolicy.Format(request.PolicyText);
        _ = await store.ChangeRepositoryAsync(key, current => current with { Policy = policy }, cancellationToken)
            ?? throw EcrErrors.NoSuchRepository(key);
        return new() { RegistryId = key.RegistryId, RepositoryName = key.Name, PolicyText = policy };
    }
}

[Operation]
internal sealed class GetRepositoryPolicy(EcrStore store) : IOperation<GetRepositoryPolicyRequest, GetRepositoryPolicyResponse>
{
    public async ValueTask<GetRepositoryPolicyResponse> HandleAsync(
        GetRepositoryPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        var repository = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        return new() { RegistryId = key.RegistryId, RepositoryName = key.Name, PolicyText = repository.Policy ?? throw EcrErrors.NoPolicy(key) };
    }
}

[Operation]
internal sealed class DeleteRepositoryPolicy(EcrStore store) : IOperation<DeleteRepositoryPolicyRequest, DeleteRepositoryPolicyResponse>
{
    public async ValueTask<DeleteRepositoryPolicyResponse> HandleAsync(
        DeleteRepositoryPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        string? policy = null;
        _ = await store.ChangeRepositoryAsync(
            key,
            current =>
            {
                policy = current.Policy ?? throw EcrErrors.NoPolicy(key);
                return current with { Policy = null };
            },
            cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        return new() { RegistryId = key.RegistryId, RepositoryName = key.Name, PolicyText = policy };
    }
}
