using Fogbank.Contracts;
using Fogbank.Contracts.Logs;
using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Ingestion;
using Fogbank.Services.Logs.Reconcilers;
using Fogbank.Services.Logs.Store;
using Fogbank.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Logs;

/// <summary>CloudWatch Logs: groups, streams, events, and the sink that takes what workloads write.</summary>
public sealed class LogsModule : IServiceModule
{
    public IReadOnlyList<Api> Apis { get; } = [LogsApi.Instance];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton(provider => new LogsStore(provider.GetRequiredService<IStore>()));
        services.AddSingleton<IServiceLifetime>(provider => provider.GetRequiredService<LogsStore>());
        services.AddSingleton<IResettable>(provider => provider.GetRequiredService<LogsStore>());
        services.AddSingleton(provider => new LogIngestion(
            provider.GetRequiredService<LogsStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LogIngestion>>()));
        services.AddSingleton<ILogSink>(provider => provider.GetRequiredService<LogIngestion>());
        services.AddSingleton<IServiceLifetime>(provider => provider.GetRequiredService<LogIngestion>());
        services.AddSingleton<IServiceLifetime>(provider => new Retention(
            provider.GetRequiredService<LogsStore>(), provider.GetRequiredService<IControl>(), provider.GetRequiredService<TimeProvider>()));
    }

    public void MapOperations(OperationRegistry registry) => OperationTable.Map(registry);

    /// <summary>Registers the reconciler once the store is open.</summary>
    private sealed class Retention(LogsStore store, IControl control, TimeProvider time) : IServiceLifetime
    {
        public ValueTask StartAsync(CancellationToken cancellationToken)
        {
            control.Add(store.Database, LogsStore.Groups, new RetentionReconciler(store, time));
            return ValueTask.CompletedTask;
        }

        public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
