using System.Net;
using Fogbank.Contracts;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.S3;
using Fogbank.Contracts.Sts;
using Fogbank.Kernel;
using Fogbank.Wire.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fogbank.Tests.Wire.FrontDoor;

/// <summary>A region on a port of its own, with a few operations that say what reached them.</summary>
internal sealed class TestRegion : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestRegion(ServiceProvider services, RegionServer server, EndpointHost endpoints, int port, FailureLog log)
    {
        _services = services;
        Server = server;
        Endpoints = endpoints;
        Port = port;
        Log = log;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public RegionServer Server { get; }

    public EndpointHost Endpoints { get; }

    public int Port { get; }

    public FailureLog Log { get; }

    public HttpClient Http { get; }

    public Seen Seen => _services.GetRequiredService<Seen>();

    public static async Task<TestRegion> StartAsync(
        RegionServerOptions? options = null, Action<IServiceCollection>? add = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<Seen>();
        services.AddSingleton<IAuthenticator, TestKeys>();
        add?.Invoke(services);
        var provider = services.BuildServiceProvider();
        var registry = new OperationRegistry();
        var seen = provider.GetRequiredService<Seen>();
        registry.Add(StsOperations.GetCallerIdentity, _ => new WhoAmI());
        registry.Add(S3Operations.PutObject, _ => new Put(seen));
        registry.Add(S3Operations.GetObject, _ => new Get(seen));
        registry.Add(S3Operations.DeleteObjects, _ => new Fail<DeleteObjectsRequest, DeleteObjectsResponse>());
        registry.Add(LambdaOperations.Invoke, _ => new Call(seen));
        registry.Add(LogsOperations.CreateLogGroup, _ => new Group(seen));
        var log = new FailureLog();
        var sockets = RegionSockets.Bind([IPAddress.Loopback], 0);
        var endpoints = new EndpointHost(log);
        var server = new RegionServer(new RegionServerParts
        {
            Options = options ?? new RegionServerOptions { Version = "1.2.3" },
            Region = new RegionOptions { DataDirectory = "/nonexistent", RegionKey = new byte[32] },
            Operations = registry,
            Apis = [LambdaApi.Instance, S3Api.Instance, IamApi.Instance, StsApi.Instance, LogsApi.Instance],
            Services = provider,
            Sockets = sockets,
            Endpoints = endpoints,
            Loggers = log,
            Time = time ?? TimeProvider.System,
            Ids = RandomIdSource.Instance,
        });
        await server.StartAsync(CancellationToken.None);
        return new TestRegion(provider, server, endpoints, sockets.Port, log);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await _services.DisposeAsync();
        foreach (var error in Log.Errors)
        {
            Xunit.TestContext.Current.TestOutputHelper?.WriteLine(error);
        }
    }

    private sealed class WhoAmI : IOperation<GetCallerIdentityRequest, GetCallerIdentityResponse>
    {
        public ValueTask<GetCallerIdentityResponse> HandleAsync(
            GetCallerIdentityRequest request, RequestContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new GetCallerIdentityResponse
            {
                Account = context.Principal.AccountId,
                Arn = context.Principal.Arn,
                UserId = $"{context.Scope.AccountId}/{context.Scope.Region}",
            });
    }

    private sealed class Put(Seen seen) : IOperation<PutObjectRequest, PutObjectResponse>
    {
        public async ValueTask<PutObjectResponse> HandleAsync(
            PutObjectRequest request, RequestContext context, CancellationToken cancellationToken)
        {
            using var memory = new MemoryStream();
            if (request.Body is { } body)
            {
                await body.CopyToAsync(memory, cancellationToken);
            }

            seen.Note(request.Bucket, request.Key, memory.ToArray(), request.ContentEncoding, context);
            seen.ContentLength = request.ContentLength;
            return new PutObjectResponse { ETag = "\"etag\"" };
        }
    }

    private sealed class Get(Seen seen) : IOperation<GetObjectRequest, GetObjectResponse>
    {
        public ValueTask<GetObjectResponse> HandleAsync(
            GetObjectRequest request, RequestContext context, CancellationToken cancellationToken)
        {
            seen.Note(request.Bucket, request.Key, [], null, context);
            return request.Key == "boom"
                ? throw new InvalidOperationException("a bug")
                : ValueTask.FromResult(new GetObjectResponse { Body = new MemoryStream("content"u8.ToArray()), ContentType = "text/plain" });
        }
    }

    private sealed class Call(Seen seen) : IOperation<InvokeRequest, InvokeResponse>
    {
        public ValueTask<InvokeResponse> HandleAsync(InvokeRequest request, RequestContext context, CancellationToken cancellationToken)
        {
            seen.Note(request.FunctionName, request.Qualifier, request.Payload?.ToArray() ?? [], null, context);
            return ValueTask.FromResult(new InvokeResponse { StatusCode = 200, Payload = request.Payload });
        }
    }

    private sealed class Group(Seen seen) : IOperation<CreateLogGroupRequest, CreateLogGroupResponse>
    {
        public ValueTask<CreateLogGroupResponse> HandleAsync(
            CreateLogGroupRequest request, RequestContext context, CancellationToken cancellationToken)
        {
            seen.Note(request.LogGroupName, null, [], null, context);
            return ValueTask.FromResult(new CreateLogGroupResponse());
        }
    }

    private sealed class Fail<TRequest, TResponse> : IOperation<TRequest, TResponse>
        where TRequest : Shape, IShape<TRequest>, IRequest<TResponse>
        where TResponse : Shape
    {
        public ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellationToken) =>
            throw new AwsException(new ErrorCode("NoSuchBucket", 404), "The specified bucket does not exist", new Dictionary<string, string> { ["BucketName"] = "b" });
    }
}
