using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class DescribeRepositories(EcrStore store, RegistryAddresses names) : IOperation<DescribeRepositoriesRequest, DescribeRepositoriesResponse>
{
    public async ValueTask<DescribeRepositoriesResponse> HandleAsync(
        DescribeRepositoriesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = RequestScope.Registry(context, request.RegistryId);
        if (request.RepositoryNames is { } wanted)
        {
            EcrPaging.RefuseBeside("repositoryNames", request.NextToken, request.MaxResults);
            var found = new List<Repository>(wanted.Count);
            foreach (var name in wanted.Distinct())
            {
                var key = new RepositoryKey(scope, name);
                found.Add(RepositoryView.From(key, await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key), names));
            }

            return new() { Repositories = found };
        }

        var page = await store.ListRepositoriesAsync(
            scope, request.MaxResults ?? EcrLimits.PageSize, EcrPaging.Parse(request.NextToken), cancellationToken);
        return new()
        {
            Repositories = [.. page.Items.Select(entry => RepositoryView.From(EcrStore.FromKey(entry.Key), entry.Value, names))],
            NextToken = page.Next?.ToString(),
        };
    }
}
