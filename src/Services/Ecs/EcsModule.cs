using Fogbank.Contracts;
using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Reconcilers;
using Fogbank.Services.Ecs.Runtime;
using Fogbank.Services.Ecs.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fogbank.Services.Ecs;

/// <summary>
/// Amazon ECS with Fargate. Besides what every service gets it needs the region's engines (<see cref="Engines.EngineSet"/>), an
/// <see cref="IEndpointHost"/>, an <see cref="ICredentialIssuer"/> and an <see cref="Kernel.Images.IImageSource"/>.
/// </summary>
public sealed class EcsModule : IServiceModule
{
    /// <summary>As whom it calls other services.</summary>
    internal const string ServiceName = "ecs.amazonaws.com";

    /// <summary>Whom the roles of tasks must trust.</summary>
    internal const string TaskPrincipal = "ecs-tasks.amazonaws.com";

    public IReadOnlyList<Api> Apis => [EcsApi.Instance];

    public void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton(new EcsOptions());
        services.AddSingleton<EcsStore>();
        services.AddSingleton<MachineLedger>();
        services.AddSingleton<ITaskNetworks, Ec2Networks>();
        services.AddSingleton<TaskImages>();
        services.AddSingleton<LiveTaskParts>();
        services.AddSingleton<LiveTasks>();
        services.AddSingleton<TaskReconciler>();
        services.AddSingleton<DefinitionReconciler>();
        services.AddSingleton<TokenReconciler>();
        services.AddSingleton<EcsLifetime>();
        services.AddSingleton<IServiceLifetime>(static provider => provider.GetRequiredService<EcsLifetime>());
        services.AddSingleton<IResettable>(static provider => provider.GetRequiredService<EcsLifetime>());
    }

    public void MapOperations(OperationRegistry registry) => OperationTable.Map(registry);
}
