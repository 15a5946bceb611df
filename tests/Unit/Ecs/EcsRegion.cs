using Fogbank.Contracts.Ecs;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Logs;
using Fogbank.Control;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Ec2;
using Fogbank.Services.Ecs;
using Fogbank.Services.Iam;
using Fogbank.Services.Logs;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Fogbank.Wire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using EcsTask = Fogbank.Contracts.Ecs.Task;
using Scope = Fogbank.Kernel.Scope;
using Task = System.Threading.Tasks.Task;

namespace Fogbank.Tests.Unit.Ecs;

/// <summary>A region with ECS and Logs, the real store and control loop, over a machine that outlives it.</summary>
internal sealed class EcsRegion : IAsyncDisposable, IImageSource
{
    /// <summary>The default subnet of us-east-1a: its id follows from account and region.</summary>
    internal const string Subnet = "subnet-e01cc7cac3179f8b3";

    internal const string Role = "arn:aws:iam::000000000000:role/task";

    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    internal static readonly Scope Home = new("000000000000", "us-east-1");

    private readonly ServiceProvider _services;
    private readonly SqliteStore _store;
    private readonly ControlLoop _control;

    private EcsRegion(ServiceProvider services, SqliteStore store, ControlLoop control)
    {
        _services = services;
        _store = store;
        _control = control;
    }

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    internal BoundedSinks Sinks => _services.GetRequiredService<BoundedSinks>();

    internal static async Task<EcsRegion> StartAsync(FakeMachine machine, string? dataDirectory = null, EcsOptions? options = null)
    {
        var loggers = NullLoggerFactory.Instance;
        var store = await SqliteStore.OpenAsync(
            dataDirectory is null ? new StoreOptions { Memory = true } : new StoreOptions { DataDirectory = dataDirectory }, TimeProvider.System, null);
        var control = new ControlLoop(TimeProvider.System, RandomIdSource.Instance, loggers);
        var registry = new OperationRegistry();
        var engine = new FakeImageEngine(machine);
        var sinks = new BoundedSinks();
        EcsRegion? self = null;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(TimeProvider.System);
        services.AddSingleton<IIdSource>(RandomIdSource.Instance);
        services.AddSingleton<ILoggerFactory>(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IStore>(store);
        services.AddSingleton<IControl>(control);
        services.AddSingleton(new EngineSet(engine, engine));
        services.AddSingleton<IEndpointHost>(new EndpointHost(loggers));
        services.AddSingleton<INameServer>(new NoNames());
        services.AddSingleton(registry);
        services.AddSingleton<IAuthorizer, OpenAuthorizer>();
        services.AddSingleton(new RegionAddress(new Uri("http://127.0.0.1:4566")));
        services.AddSingleton<IRegion, Region>();
        services.AddSingleton(new RegionOptions { DataDirectory = "/", RegionKey = store.RegionKey });
        services.AddSingleton<IImageSource>(_ => new Borrowed(self!));
        services.AddSingleton(sinks);
        services.AddSingleton<IMetricSink>(sinks);
        services.AddSingleton<IUsageSink>(sinks);
        services.AddSingleton<IEventSink>(sinks);
        services.AddSingleton(options ?? new EcsOptions { Cpus = 16, MemoryBytes = 64L << 30 });
        foreach (var module in new IServiceModule[] { new IamModule(), new LogsModule(), new Ec2Module(), new EcsModule() })
        {
            module.AddServices(services);
            module.MapOperations(registry);
        }

        var provider = services.BuildServiceProvider();
        self = new EcsRegion(provider, store, control);
        foreach (var part in provider.GetServices<IServiceLifetime>())
        {
            await part.StartAsync(CancellationToken.None);
        }

        control.Start();
        return self;
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        foreach (var part in _services.GetServices<IServiceLifetime>().Reverse())
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await part.StopAsync(deadline.Token);
        }

        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }

    internal ValueTask<TResponse> SendAsync<TResponse>(Fogbank.Contracts.IRequest<TResponse> request)
        where TResponse : Fogbank.Contracts.Shape =>
        _services.GetRequiredService<IRegion>().SendAsync(request, Principal.Root(Home.AccountId), Home, null, CancellationToken.None);

    /// <summary>A cluster, a log group, and a definition with these containers.</summary>
    internal async Task DefineAsync(string family, params ContainerDefinition[] containers)
    {
        await SendAsync(new CreateClusterRequest());
        try
        {
            await SendAsync(new CreateRoleRequest { RoleName = "task", AssumeRolePolicyDocument = Trust });
            await SendAsync(new CreateLogGroupRequest { LogGroupName = "/ecs" });
        }
        catch (AwsException taken) when (taken.Code.Name is "ResourceAlreadyExistsException" or "EntityAlreadyExistsException" or "EntityAlreadyExists")
        {
        }

        await SendAsync(new RegisterTaskDefinitionRequest
        {
            Family = family,
            NetworkMode = NetworkMode.Awsvpc,
            RequiresCompatibilities = [Compatibility.Fargate],
            Cpu = "256",
            Memory = "512",
            ExecutionRoleArn = Role,
            ContainerDefinitions = containers,
        });
    }

    internal static ContainerDefinition Container(string name, params string[] command) => new()
    {
        Name = name,
        Image = "repository:tag",
        Command = command,
        LogConfiguration = new()
        {
            LogDriver = LogDriver.Awslogs,
            Options = new Dictionary<string, string> { ["awslogs-group"] = "/ecs", ["awslogs-region"] = "us-east-1", ["awslogs-stream-prefix"] = "p", ["mode"] = "blocking" },
        },
    };

    internal async Task<EcsTask> RunAsync(string definition, string? token = null, int? count = null) => (await SendAsync(Request(definition, token, count))).Tasks![0];

    internal static RunTaskRequest Request(string definition, string? token = null, int? count = null) => new()
    {
        TaskDefinition = definition,
        LaunchType = LaunchType.Fargate,
        ClientToken = token,
        Count = count,
        NetworkConfiguration = new() { AwsvpcConfiguration = new() { Subnets = [Subnet] } },
    };

    internal async Task<EcsTask> DescribeAsync(string arn) => (await SendAsync(new DescribeTasksRequest { Tasks = [arn] })).Tasks![0];

    internal async Task<EcsTask> WaitAsync(string arn, Func<EcsTask, bool> isReached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var task = await DescribeAsync(arn);
            if (isReached(task))
            {
                return task;
            }

            Assert.True(
                TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"The task is {task.LastStatus} ({task.StoppedReason}).");
            await Task.Delay(5);
        }
    }

    internal Task<EcsTask> WaitStoppedAsync(string arn) => WaitAsync(arn, task => task.LastStatus == "STOPPED");

    internal async Task<IReadOnlyList<string>> LogAsync(string arn, string container) =>
        [.. (await SendAsync(new GetLogEventsRequest { LogGroupName = "/ecs", LogStreamName = $"p/{container}/{arn.Split('/')[^1]}", StartFromHead = true })).Events!.Select(item => item.Message!)];

    public ValueTask<ImageContent> ResolveAsync(string name, ImagePlatform platform, RequestContext context, CancellationToken cancellationToken) =>
        name.StartsWith("repository", StringComparison.Ordinal)
            ? new(new ImageContent
            {
                Digest = "sha256:1",
                ManifestDigest = "sha256:1",
                RegistryId = Home.AccountId,
                Repository = "repository",
                Configuration = new() { Command = ["run"] },
                Layers = [],
            })
            : throw new ImageException(ImageErrorKind.RepositoryNotFound, "no such repository");

    private sealed class NoNames : INameServer, IAsyncDisposable
    {
        public IAsyncDisposable Serve(
            Func<CancellationToken, ValueTask<System.Net.Sockets.Socket?>> acceptDatagrams, Func<CancellationToken, ValueTask<System.Net.Sockets.Socket?>> acceptConnections, NetworkNames names) => this;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    // The container would dispose the region itself.
    private sealed class Borrowed(EcsRegion region) : IImageSource
    {
        public ValueTask<ImageContent> ResolveAsync(string name, ImagePlatform platform, RequestContext context, CancellationToken cancellationToken) =>
            region.ResolveAsync(name, platform, context, cancellationToken);
    }
}
