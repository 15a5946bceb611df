using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>A registry replicates nowhere until that is built: setting it up is refused, so "no rules" is the truth.</summary>
[Operation]
internal sealed class DescribeRegistry : IOperation<DescribeRegistryRequest, DescribeRegistryResponse>
{
    public ValueTask<DescribeRegistryResponse> HandleAsync(
        DescribeRegistryRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new DescribeRegistryResponse { RegistryId = context.AccountId, ReplicationConfiguration = new() { Rules = [] } });
}
