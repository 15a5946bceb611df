using System.Net;
using System.Threading.Channels;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.S3;
using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.S3;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Fogbank.Wire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fogbank.Tests.Wire.S3;

/// <summary>The real S3 over the real store and front door, with a Lambda that keeps what it is asked to do.</summary>
public sealed class S3Region : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly RegionServer _server;
    private readonly SqliteStore _store;
    private readonly ControlLoop _control;

    private S3Region(ServiceProvider services, RegionServer server, SqliteStore store, ControlLoop control, int port)
    {
        _services = services;
        _server = server;
        _store = store;
        _control = control;
        Endpoint = new Uri($"http://127.0.0.1:{port}");
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Endpoint };
    }

    public Uri Endpoint { get; }

    public HttpClient Http { get; }

    public FakeLambda Lambda => _services.GetRequiredService<FakeLambda>();

    public static async Task<S3Region> StartAsync(int port = 0)
    {
        var loggers = NullLoggerFactory.Instance;
        var store = await SqliteStore.OpenAsync(new StoreOptions { Memory = true }, TimeProvider.System, loggers);
        var control = new ControlLoop(TimeProvider.System, RandomIdSource.Instance, loggers);
        var sockets = RegionSockets.Bind([IPAddress.Loopback], port);
        var registry = new OperationRegistry();
        var module = new S3Module();
        var options = new RegionOptions { DataDirectory = store.DataDirectory, RegionKey = store.RegionKey };
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IStore>(store);
        services.AddSingleton<IControl>(control);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IIdSource>(RandomIdSource.Instance);
        services.AddSingleton(registry);
        services.AddSingleton(options);
        services.AddSingleton(new RegionAddress(new Uri($"http://127.0.0.1:{sockets.Port}")));
        services.AddSingleton<IAuthorizer, OpenAuthorizer>();
        services.AddSingleton<IRegion, Region>();
        services.AddSingleton<FakeLambda>();
        module.AddServices(services);
        var provider = services.BuildServiceProvider();
        module.MapOperations(registry);
        registry.Add(LambdaOperations.Invoke, p => p.GetRequiredService<FakeLambda>());
        foreach (var part in provider.GetServices<IServiceLifetime>())
        {
            await part.StartAsync(CancellationToken.None);
        }

        control.Start();
        var server = new RegionServer(new RegionServerParts
        {
            Options = new RegionServerOptions(),
            Region = options,
            Operations = registry,
            Apis = [S3Api.Instance, LambdaApi.Instance],
            Services = provider,
            Sockets = sockets,
            Endpoints = new EndpointHost(loggers),
            Loggers = loggers,
            Time = TimeProvider.System,
            Ids = RandomIdSource.Instance,
        });
        await server.StartAsync(CancellationToken.None);
        return new S3Region(provider, server, store, control, sockets.Port);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        await _control.DisposeAsync();
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }
}

/// <summary>A Lambda whose functions named <c>allowed…</c> exist and let S3 call them.</summary>
public sealed class FakeLambda : IOperation<InvokeRequest, InvokeResponse>
{
    private readonly Channel<(InvokeRequest Request, RequestContext Context)> _calls =
        Channel.CreateUnbounded<(InvokeRequest Request, RequestContext Context)>();

    /// <summary>How many invocations are refused as throttled before the next is taken.</summary>
    public int ThrottledCalls { get; set; }

    public ValueTask<InvokeResponse> HandleAsync(InvokeRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!request.FunctionName.StartsWith("allowed", StringComparison.Ordinal))
        {
            throw new AwsException(LambdaErrorCodes.ResourceNotFoundException, "Function not found");
        }

        if (request.InvocationType == "DryRun")
        {
            return ValueTask.FromResult(new InvokeResponse { StatusCode = 204 });
        }

        if (ThrottledCalls > 0)
        {
            ThrottledCalls--;
            throw new AwsException(LambdaErrorCodes.TooManyRequestsException, "Rate exceeded");
        }

        _calls.Writer.TryWrite((request, context));
        return ValueTask.FromResult(new InvokeResponse { StatusCode = 202 });
    }

    /// <summary>The next event that arrives.</summary>
    public async Task<(InvokeRequest Request, RequestContext Context)> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _calls.Reader.ReadAsync(limit.Token);
    }
}
