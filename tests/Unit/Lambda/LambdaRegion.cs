using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Fogbank.Contracts.Lambda;
using Fogbank.Control;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Fogbank.Wire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

/// <summary>A region with the Lambda service, a fake engine, the real store, control loop and server.</summary>
internal sealed class LambdaRegion : IAsyncDisposable, ICredentialIssuer, IRuntimeCatalog, ILogSink
{
    internal const string Role = "arn:aws:iam::000000000000:role/function";

    internal static readonly Scope Scope = new("000000000000", "us-east-1");

    private readonly ServiceProvider _services;
    private readonly SqliteStore _store;
    private readonly ControlLoop _control;
    private readonly RegionServer _server;
    private bool _isDisposed;
    private Action? _onFind;

    private LambdaRegion(ServiceProvider services, SqliteStore store, ControlLoop control, RegionServer server, FakeEngine engine, HttpClient http)
    {
        _services = services;
        _store = store;
        _control = control;
        _server = server;
        Engine = engine;
        Http = http;
    }

    internal FakeEngine Engine { get; }

    internal FakeImages Images { get; } = new();

    /// <summary>Speaks to the region's port.</summary>
    internal HttpClient Http { get; }

    internal ControlLoop Control => _control;

    internal BoundedSinks Sinks { get; } = new();

    /// <summary>All lines of the log, by stream.</summary>
    internal ConcurrentDictionary<string, ConcurrentQueue<string>> Logs { get; private set; } = new();

    internal MemoryBudget Budget => _services.GetRequiredService<MemoryBudget>();

    /// <summary>Runs once, when the next interpreter is looked for: between reading a function and making its pool.</summary>
    internal Action? OnFind
    {
        set => _onFind = value;
    }

    internal ConcurrencyGate Gate => _services.GetRequiredService<ConcurrencyGate>();

    internal EnvironmentPools Pools => _services.GetRequiredService<EnvironmentPools>();

    internal static async Task<LambdaRegion> StartAsync(
        LambdaOptions? options = null, string? dataDirectory = null, Func<FakeRuntime, Task<int>>? script = null)
    {
        var loggers = NullLoggerFactory.Instance;
        var store = await SqliteStore.OpenAsync(
            dataDirectory is null ? new StoreOptions { Memory = true } : new StoreOptions { DataDirectory = dataDirectory }, TimeProvider.System, null);
        var control = new ControlLoop(TimeProvider.System, RandomIdSource.Instance, loggers);
        var sockets = RegionSockets.Bind([IPAddress.Loopback], 0);
        var address = new Uri($"http://127.0.0.1:{sockets.Port}");
        var endpoints = new EndpointHost(loggers);
        var engine = new FakeEngine { Script = script ?? FakeRuntime.EchoAsync };
        var registry = new OperationRegistry();
        var regionOptions = new RegionOptions { DataDirectory = "/", RegionKey = store.RegionKey };
        LambdaRegion? self = null;
        var module = new LambdaModule();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(TimeProvider.System);
        services.AddSingleton<IIdSource>(RandomIdSource.Instance);
        services.AddSingleton<ILoggerFactory>(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(regionOptions);
        services.AddSingleton<IStore>(store);
        services.AddSingleton<IControl>(control);
        services.AddSingleton(new EngineSet(engine, engine));
        services.AddSingleton<IImageSource>(_ => self!.Images);
        services.AddSingleton<IEndpointHost>(endpoints);
        services.AddSingleton(registry);
        services.AddSingleton<IAuthorizer, OpenAuthorizer>();
        services.AddSingleton(new RegionAddress(address));
        services.AddSingleton<IRegion, Region>();
        services.AddSingleton<ICredentialIssuer>(_ => self!);
        services.AddSingleton<IRuntimeCatalog>(_ => self!);
        services.AddSingleton<ILogSink>(_ => self!);
        services.AddSingleton<IMetricSink>(_ => self!.Sinks);
        services.AddSingleton<IUsageSink>(_ => self!.Sinks);
        services.AddSingleton(options ?? new LambdaOptions { RetryDelays = [TimeSpan.FromMilliseconds(1)], MinThrottleBackoff = TimeSpan.FromMilliseconds(5) });
        module.AddServices(services);
        var provider = services.BuildServiceProvider();
        module.MapOperations(registry);
        var server = new RegionServer(new RegionServerParts
        {
            Options = new(),
            Region = regionOptions,
            Operations = registry,
            Apis = module.Apis,
            Services = provider,
            Sockets = sockets,
            Endpoints = endpoints,
            Loggers = loggers,
            Time = TimeProvider.System,
            Ids = RandomIdSource.Instance,
        });
        self = new LambdaRegion(provider, store, control, server, engine, new HttpClient { BaseAddress = address });
        foreach (var part in provider.GetServices<IServiceLifetime>())
        {
            await part.StartAsync(CancellationToken.None);
        }

        control.Start();
        await server.StartAsync(CancellationToken.None);
        return self;
    }

    public async ValueTask DisposeAsync()
    {
        // The container, which holds it as a service too, disposes it once more.
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Http.Dispose();
        await _control.DisposeAsync();
        foreach (var part in _services.GetServices<IServiceLifetime>())
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await part.StopAsync(deadline.Token);
        }

        await _server.DisposeAsync();
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }

    internal ValueTask<TResponse> SendAsync<TResponse>(Fogbank.Contracts.IRequest<TResponse> request, Principal? principal = null, string? key = null)
        where TResponse : Fogbank.Contracts.Shape =>
        _services.GetRequiredService<IRegion>().SendAsync(request, principal ?? Principal.Root(Scope.AccountId), Scope, key, CancellationToken.None);

    /// <summary>A function that is active.</summary>
    internal async Task<CreateFunctionResponse> CreateAsync(string name, int timeout = 3, int memory = 128, string runtime = "provided.al2023", bool isJson = false)
    {
        var created = await SendAsync(new CreateFunctionRequest
        {
            FunctionName = name,
            Role = Role,
            Runtime = runtime,
            Handler = "index.handler",
            Timeout = timeout,
            MemorySize = memory,
            Code = new() { ZipFile = Zip() },
            LoggingConfig = isJson ? new() { LogFormat = "JSON" } : null,
        });
        await UntilActiveAsync(name);
        return created;
    }

    internal async Task UntilActiveAsync(string name)
    {
        while (await SendAsync(new GetFunctionConfigurationRequest { FunctionName = name }) is not { State: "Active", LastUpdateStatus: "Successful" })
        {
            await Task.Delay(5);
        }
    }

    internal async Task<(string Payload, InvokeResponse Response)> InvokeAsync(string name, string payload = "{}", string? logType = null)
    {
        var response = await SendAsync(new InvokeRequest { FunctionName = name, Payload = Encoding.UTF8.GetBytes(payload), LogType = logType });
        return (Encoding.UTF8.GetString(response.Payload!.Value.Span), response);
    }

    internal string LogText() => string.Join("\n", Logs.Values.SelectMany(lines => lines));

    /// <summary>Waits for a line of the log.</summary>
    internal Task UntilLoggedAsync(string text) => UntilAsync(() => LogText().Contains(text, StringComparison.Ordinal), () => $"\"{text}\" in the log:\n{LogText()}");

    internal static async Task UntilAsync(Func<bool> condition, Func<string> wanted)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited in vain for {wanted()}");
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>The error that a call must end with.</summary>
    internal static async Task<(string Code, string Message)> ErrorOfAsync<T>(ValueTask<T> call)
    {
        var error = await Assert.ThrowsAsync<AwsException>(async () => await call);
        return (error.Code.Name, error.Message);
    }

    internal static byte[] Zip(string file = "bootstrap", string text = "#!/bin/sh\n")
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry(file).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }

    public ValueTask<TemporaryCredentials?> IssueForServiceAsync(
        string roleArn, string service, string sessionName, TimeSpan duration, CancellationToken cancellationToken) =>
        new(roleArn.EndsWith("/function", StringComparison.Ordinal)
            ? new TemporaryCredentials("ASIAFAKE", "secret", "token", TimeProvider.System.GetUtcNow() + duration, Principal.Root(Scope.AccountId))
            : null);

    public ValueTask<bool> CanAssumeAsync(string roleArn, string service, CancellationToken cancellationToken) =>
        new(roleArn.EndsWith("/function", StringComparison.Ordinal) && service == "lambda.amazonaws.com");

    public ManagedRuntime? Find(string language, string runtime)
    {
        Interlocked.Exchange(ref _onFind, null)?.Invoke();
        return language == "python" ? new ManagedRuntime { Version = "Python 3.x", Command = ["/usr/bin/python3", "/var/runtime/bootstrap.py"] } : null;
    }

    public ValueTask WriteAsync(Scope scope, string logGroup, string logStream, IReadOnlyList<LogLine> lines, CancellationToken cancellationToken)
    {
        var stream = Logs.GetOrAdd($"{logGroup}:{logStream}", _ => new());
        foreach (var line in lines)
        {
            stream.Enqueue(line.Message);
        }

        return ValueTask.CompletedTask;
    }
}
