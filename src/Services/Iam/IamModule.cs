using Fogbank.Contracts;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Sts;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Credentials;
using Fogbank.Services.Iam.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Fogbank.Services.Iam;

/// <summary>IAM and STS: identities, policies, access keys, sessions.</summary>
public sealed class IamModule : IServiceModule
{
    public IReadOnlyList<Api> Apis { get; } = [IamApi.Instance, StsApi.Instance];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton(provider => new IamStore(provider.GetRequiredService<Fogbank.Store.IStore>()));
        services.AddSingleton<IServiceLifetime>(provider => provider.GetRequiredService<IamStore>());
        services.AddSingleton<IResettable>(provider => provider.GetRequiredService<IamStore>());
        services.AddSingleton(provider => new IamSecrets(provider.GetRequiredService<RegionOptions>()));
        services.AddSingleton(provider => new SessionTokens(
            provider.GetRequiredService<RegionOptions>(), provider.GetRequiredService<IIdSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RoleSessions(
            provider.GetRequiredService<IamStore>(), provider.GetRequiredService<SessionTokens>()));
        services.AddSingleton<ICredentialIssuer>(provider => provider.GetRequiredService<RoleSessions>());
        services.AddSingleton<IAuthenticator>(provider => new IamAuthenticator(
            provider.GetRequiredService<IamStore>(), provider.GetRequiredService<IamSecrets>(), provider.GetRequiredService<SessionTokens>()));
    }

    public void MapOperations(OperationRegistry registry) => OperationTable.Map(registry);
}
