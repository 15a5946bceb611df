using Fogbank.Contracts;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Forms;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Fogbank.Services.S3;

/// <summary>Amazon S3: buckets, objects and their events.</summary>
public sealed class S3Module : IServiceModule
{
    public IReadOnlyList<Api> Apis => [S3Api.Instance];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<EventDelivery>();
        services.AddSingleton<S3Store>();
        services.AddSingleton<ObjectReading>();
        services.AddSingleton<TargetCheck>();
        services.AddSingleton<IBodyIntegrity, BodyIntegrity>();
        services.AddSingleton<FormCredentials>();
        services.AddSingleton<IFormUpload, FormUpload>();
        services.AddSingleton<ICorsPolicySource, CorsPolicySource>();
        services.AddSingleton<CopyReading>();
        services.AddSingleton<IServiceLifetime>(provider => provider.GetRequiredService<S3Store>());
        services.AddSingleton<IResettable>(provider => provider.GetRequiredService<S3Store>());
    }

    public void MapOperations(OperationRegistry registry) => OperationTable.Map(registry);
}
