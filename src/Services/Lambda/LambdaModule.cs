using Fogbank.Contracts;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Http;
using Fogbank.Services.Lambda.Reconcilers;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fogbank.Services.Lambda;

/// <summary>
/// AWS Lambda. Besides what every service gets it needs engines (<see cref="Engines.EngineSet"/>), an <see cref="IEndpointHost"/>, an
/// <see cref="ICredentialIssuer"/>, an <see cref="IRuntimeCatalog"/> and an <see cref="Kernel.Images.IImageSource"/>.
/// </summary>
public sealed class LambdaModule : IServiceModule
{
    internal const string ServiceName = "lambda.amazonaws.com";

    private LambdaOptions _options = new();

    public IReadOnlyList<Api> Apis => [LambdaApi.Instance];

    public void Configure(SettingReader settings) => _options = LambdaOptions.Read(settings);

    public void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton(_options);
        services.AddSingleton<LambdaStore>();
        services.AddSingleton<AsyncEventStore>();
        services.AddSingleton<EnvironmentSeal>();
        services.AddSingleton<CodeUpload>();
        services.AddSingleton<CodeLinks>();
        services.AddSingleton<FunctionImages>();
        services.AddSingleton<FunctionConfigurationView>();
        services.AddSingleton<MemoryBudget>();
        services.AddSingleton<ConcurrencyGate>();
        services.AddSingleton<InvocationRecorder>();
        services.AddSingleton<EnvironmentLauncher>();
        services.AddSingleton<EnvironmentPools>();
        services.AddSingleton<FunctionCatalog>();
        services.AddSingleton<Invoker>();
        services.AddSingleton<FunctionReconciler>();
        services.AddSingleton<AsyncEventReconciler>();
        services.AddSingleton<LambdaLifetime>();
        services.AddSingleton<IServiceLifetime>(static provider => provider.GetRequiredService<LambdaLifetime>());
        services.AddSingleton<IResettable>(static provider => provider.GetRequiredService<LambdaLifetime>());
        services.AddSingleton<IHttpSurface, CodeSurface>();
    }

    public void MapOperations(OperationRegistry registry) => OperationTable.Map(registry);
}
