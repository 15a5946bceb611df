using System.Globalization;
using Fogbank.Control;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Kernel;
using Fogbank.Runtimes;
using Fogbank.Services.Ecs;
using Fogbank.Services.Lambda;
using Fogbank.Settings;
using Fogbank.Store;
using Fogbank.Wire.Dns;
using Fogbank.Wire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Fogbank.Hosting;

/// <summary>A running region: the composition of all rooms, and the order in which they start and stop.</summary>
internal sealed class RegionHost : IAsyncDisposable
{
    /// <summary>How long each part of a stop may take.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(3);

    private readonly ServiceProvider _provider;
    private readonly IStore _store;
    private readonly WorkloadFolders _folders;
    private readonly RegionServer _server;
    private readonly ControlLoop _control;
    private readonly RegionWarden _warden;
    private readonly List<IServiceLifetime> _started = [];

    private RegionHost(
        ServiceProvider provider, IStore store, WorkloadFolders folders, RegionServer server, ControlLoop control, RegionWarden warden, EngineSet engines, Uri address)
    {
        _provider = provider;
        _store = store;
        _folders = folders;
        _server = server;
        _control = control;
        _warden = warden;
        Engines = engines;
        Address = address;
    }

    /// <summary>Where the region is reached from this machine.</summary>
    internal Uri Address { get; }

    internal EngineSet Engines { get; }

    internal string DataDirectory => _store.DataDirectory;

    /// <summary>Builds and starts a region; it answers requests when this returns.</summary>
    internal static async Task<RegionHost> StartAsync(
        UpSettings settings, IReadOnlyList<IServiceModule> modules, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        // The port first: that it is taken must be said before a data folder is touched.
        var sockets = RegionSockets.Bind(settings.Addresses, settings.Port);
        var store = await Stores.OpenAsync(settings, time, loggers);
        var address = Words.UriOf(settings.Addresses[0], sockets.Port);
        var region = new RegionOptions
        {
            DataDirectory = store.DataDirectory,
            DefaultRegion = settings.Region,
            DefaultAccountId = settings.AccountId,
            RegionKey = store.RegionKey,
        };
        var folders = Hosting.Engines.Folders(settings, store);
        var runtimes = new RuntimeCatalog(folders.Cache, loggers.CreateLogger<RuntimeCatalog>());
        var warden = Hosting.Engines.Warden(settings, folders, time);
        var engines = Hosting.Engines.All(settings, folders, runtimes, warden, time);
        var engine = engines.Processes;
        var control = new ControlLoop(time, RandomIdSource.Instance, loggers);
        var endpoints = new EndpointHost(loggers);
        var operations = new OperationRegistry();
        var provider = Compose(modules, operations, services =>
        {
            services.AddSingleton(loggers);
            services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
            services.AddSingleton(time);
            services.AddSingleton<IIdSource>(RandomIdSource.Instance);
            services.AddSingleton(region);
            services.AddSingleton(new RegionAddress(address));
            services.AddSingleton(store);
            services.AddSingleton<IControl>(control);
            services.AddSingleton(engine);
            services.AddSingleton(engines);
            services.AddSingleton(new EcsOptions { CpuOvercommit = settings.OvercommitCpu, MemoryOvercommit = settings.OvercommitMemory });
            services.AddSingleton<IRuntimeCatalog>(runtimes);
            services.AddSingleton<IEndpointHost>(endpoints);
            services.AddSingleton<INameServer>(NameServer.OfMachine(time));
        });
        var server = new RegionServer(new RegionServerParts
        {
            Options = new RegionServerOptions
            {
                Auth = settings.Auth,
                AllowedHosts = settings.AllowedHosts,
                AllowedOrigins = settings.AllowedOrigins,
                Version = ProgramVersion.Text,
                Facts =
                [
                    KeyValuePair.Create("isolation", Words.Of(engine.Isolation)),
                    KeyValuePair.Create("isolationReason", engine.IsolationReason),
                    KeyValuePair.Create("durability", Words.Of(settings.Durability)),
                    KeyValuePair.Create("state", settings.Memory ? "memory" : "disk"),
                    KeyValuePair.Create("dataDirectory", store.DataDirectory),
                    KeyValuePair.Create("processId", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
                ],
            },
            Region = region,
            Operations = operations,
            Apis = [.. modules.SelectMany(module => module.Apis)],
            Services = provider,
            Sockets = sockets,
            Endpoints = endpoints,
            Loggers = loggers,
            Time = time,
            Ids = RandomIdSource.Instance,
        });
        var host = new RegionHost(provider, store, folders, server, control, warden, engines, address);
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes no more requests, lets work under way end within its deadline, and leaves nothing running.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var deadline = new CancellationTokenSource(StopGrace))
        {
            await _server.StopAsync(deadline.Token);
        }

        await _control.StopAsync(StopGrace);
        for (var i = _started.Count - 1; i >= 0; i--)
        {
            await StopAsync(_started[i]);
        }

        await _server.DisposeAsync();
        await Engines.Processes.DisposeAsync();
        await Engines.Images.DisposeAsync();
        await _warden.DisposeAsync();
        _folders.Dispose();
        await _provider.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>Each has a deadline of its own: one that takes too long must not keep the next from writing what it holds.</summary>
    private static async ValueTask StopAsync(IServiceLifetime lifetime)
    {
        using var deadline = new CancellationTokenSource(StopGrace);
        try
        {
            await lifetime.StopAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // What it left running ends with the engine.
        }
    }

    private static ServiceProvider Compose(
        IReadOnlyList<IServiceModule> modules, OperationRegistry operations, Action<IServiceCollection> addCommon)
    {
        var services = new ServiceCollection();
        addCommon(services);
        services.AddSingleton(operations);
        services.AddSingleton<IAuthorizer>(new OpenAuthorizer());
        services.AddSingleton<IRegion>(provider => new Region(
            operations,
            provider,
            provider.GetRequiredService<IAuthorizer>(),
            provider.GetRequiredService<IIdSource>(),
            provider.GetRequiredService<RegionAddress>()));
        var sinks = new BoundedSinks();
        services.AddSingleton(sinks);
        foreach (var module in modules)
        {
            module.AddServices(services);
            module.MapOperations(operations);
        }

        // Whoever keeps these reports for good registers first; until such a service exists the newest are kept in memory.
        services.TryAddSingleton<IMetricSink>(sinks);
        services.TryAddSingleton<IUsageSink>(sinks);
        services.TryAddSingleton<IEventSink>(sinks);
        return services.BuildServiceProvider();
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        foreach (var lifetime in _provider.GetServices<IServiceLifetime>())
        {
            await lifetime.StartAsync(cancellationToken);
            _started.Add(lifetime);
        }

        // Due work of the last run can wait for the moment that the first request cannot.
        await _server.StartAsync(cancellationToken);
        _control.Start();
    }
}
