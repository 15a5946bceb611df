using System.Net;
using Fogbank.Contracts.Ecr;
using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Ecr;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Fogbank.Wire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fogbank.Tests.Wire.Ecr;

/// <summary>The real registry over the real store and front door, with a clock that the test moves. It can be stopped and started on the same data.</summary>
internal sealed class EcrRegion : IAsyncDisposable
{
    internal const string Account = "000000000000";
    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-ecr-").FullName;
    private readonly EcrOptions _options;
    private ServiceProvider _services = null!;
    private RegionServer _server = null!;
    private SqliteStore _store = null!;
    private ControlLoop _control = null!;

    private EcrRegion(EcrOptions options) => _options = options;

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal RegistryClient Client { get; private set; } = null!;

    internal int Port { get; private set; }

    internal EcrStore Store => _services.GetRequiredService<EcrStore>();

    internal IImageSource Images => _services.GetRequiredService<IImageSource>();

    internal IRegistryTokens Tokens => _services.GetRequiredService<IRegistryTokens>();

    internal string DataDirectory => _folder;

    internal static async Task<EcrRegion> StartAsync(EcrOptions? options = null)
    {
        var region = new EcrRegion(options ?? new());
        await region.StartAsync();
        return region;
    }

    /// <summary>Stops and starts on the same data.</summary>
    internal async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    internal Task<bool> CreateAsync(string name, Func<RepositoryRecord, RepositoryRecord>? with = null, string account = Account) =>
        Store.TryCreateRepositoryAsync(
            new(new(account, "us-east-1"), name),
            (with ?? (static repository => repository))(new() { Name = name, CreatedAt = Time.GetUtcNow() }),
            CancellationToken.None).AsTask();

    /// <summary>Moves the clock and lets what fell due happen.</summary>
    internal async Task PassAsync(TimeSpan span, Func<Task<bool>> reached)
    {
        Time.Advance(span);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await reached())
        {
            limit.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    /// <summary>Files of blobs, those in staging too.</summary>
    internal string[] BlobFiles() => Directory.Exists(Path.Combine(_folder, "blobs"))
        ? Directory.GetFiles(Path.Combine(_folder, "blobs"), "*", SearchOption.AllDirectories)
        : [];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        var loggers = NullLoggerFactory.Instance;
        _store = await SqliteStore.OpenAsync(new StoreOptions { DataDirectory = _folder }, Time, loggers);
        _control = new ControlLoop(Time, RandomIdSource.Instance, loggers);
        var sockets = RegionSockets.Bind([IPAddress.Loopback], 0);
        Port = sockets.Port;
        var registry = new OperationRegistry();
        var module = new EcrModule();
        var options = new RegionOptions { DataDirectory = _store.DataDirectory, RegionKey = _store.RegionKey };
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IStore>(_store);
        services.AddSingleton<IControl>(_control);
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IIdSource>(RandomIdSource.Instance);
        services.AddSingleton(_options);
        services.AddSingleton(registry);
        services.AddSingleton(options);
        services.AddSingleton(new RegionAddress(new Uri($"http://127.0.0.1:{Port}")));
        services.AddSingleton<IAuthorizer, OpenAuthorizer>();
        services.AddSingleton<IRegion, Region>();
        module.AddServices(services);
        _services = services.BuildServiceProvider();
        module.MapOperations(registry);
        foreach (var part in _services.GetServices<IServiceLifetime>())
        {
            await part.StartAsync(CancellationToken.None);
        }

        _control.Start();
        _server = new RegionServer(new RegionServerParts
        {
            Options = new RegionServerOptions(),
            Region = options,
            Operations = registry,
            Apis = [EcrApi.Instance],
            Services = _services,
            Sockets = sockets,
            Endpoints = new EndpointHost(loggers),
            Loggers = loggers,
            Time = TimeProvider.System,
            Ids = RandomIdSource.Instance,
        });
        await _server.StartAsync(CancellationToken.None);
        Client = new RegistryClient(new Uri($"http://127.0.0.1:{Port}"));
    }

    private async Task StopAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await _control.DisposeAsync();
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }
}
