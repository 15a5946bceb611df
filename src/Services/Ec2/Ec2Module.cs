using Fogbank.Contracts;
using Fogbank.Services.Ec2.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Fogbank.Services.Ec2;

/// <summary>Amazon EC2: networks, so far. Keeps the books of VPCs, subnets, addresses and interfaces for all services.</summary>
public sealed class Ec2Module : IServiceModule
{
    public IReadOnlyList<Api> Apis => [Ec2Api.Instance];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<Ec2Store>();
        services.AddSingleton<IServiceLifetime>(static provider => provider.GetRequiredService<Ec2Store>());
        services.AddSingleton<IResettable>(static provider => provider.GetRequiredService<Ec2Store>());
    }

    public void MapOperations(OperationRegistry registry) => OperationTable.Map(registry);
}
