using Fogbank.Contracts;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Http;
using Fogbank.Services.Ecr.Reconcilers;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fogbank.Services.Ecr;

/// <summary>Elastic Container Registry: its API, and the registry that container clients push to and pull from.</summary>
public sealed class EcrModule : IServiceModule
{
    public IReadOnlyList<Api> Apis => [EcrApi.Instance];

    public void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton(new EcrOptions());
        services.AddSingleton<EcrStore>();
        services.AddSingleton<RegistryAddresses>();
        services.AddSingleton<RegistryTokens>();
        services.AddSingleton<IRegistryTokens>(static provider => provider.GetRequiredService<RegistryTokens>());
        services.AddSingleton<LayerUrls>();
        services.AddSingleton(static provider => new ProxyEndpoints(
            provider.GetRequiredService<RegistryAddresses>(),
            provider.GetRequiredService<RegionAddress>(),
            provider.GetRequiredService<RegionOptions>(),
            ProxyEndpoints.ResolvesAsync));
        services.AddSingleton<IHttpSurface, LayerSurface>();
        services.AddSingleton<BodyIntake>();
        services.AddSingleton<BlobUploads>();
        services.AddSingleton<LinkReconciler>();
        services.AddSingleton<UploadReconciler>();
        services.AddSingleton<PullTimes>();
        services.AddSingleton<RegistryAccess>();
        services.AddSingleton<PushTargets>();
        services.AddSingleton<ManifestIntake>();
        services.AddSingleton<BlobEndpoint>();
        services.AddSingleton<UploadEndpoint>();
        services.AddSingleton<ManifestEndpoint>();
        services.AddSingleton<ListEndpoint>();
        services.AddSingleton<IHttpSurface, RegistrySurface>();
        services.AddSingleton<IImageSource, ImageSource>();
        services.AddSingleton<EcrLifetime>();
        services.AddSingleton<IServiceLifetime>(static provider => provider.GetRequiredService<EcrLifetime>());
        services.AddSingleton<IResettable>(static provider => provider.GetRequiredService<EcrLifetime>());
    }

    public void MapOperations(OperationRegistry registry) => OperationTable.Map(registry);
}
