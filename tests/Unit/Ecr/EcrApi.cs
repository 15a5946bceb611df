using System.Security.Cryptography;
using System.Text;
using Fogbank.Contracts;
using Fogbank.Contracts.Ecr;
using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.Ecr;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Ecr;

/// <summary>The registry's API over a real store, called in process.</summary>
internal sealed class EcrApi : IAsyncDisposable
{
    internal static readonly Kernel.Scope Scope = new("111122223333", "eu-west-1");

    private readonly ServiceProvider _services;
    private readonly SqliteStore _store;
    private readonly ControlLoop _control;

    private EcrApi(ServiceProvider services, SqliteStore store, ControlLoop control, FakeTimeProvider time)
    {
        _services = services;
        _store = store;
        _control = control;
        Time = time;
    }

    internal FakeTimeProvider Time { get; }

    internal static async Task<EcrApi> StartAsync()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var store = await SqliteStore.OpenAsync(new StoreOptions { Memory = true }, time, null);
        var control = new ControlLoop(time, RandomIdSource.Instance, NullLoggerFactory.Instance);
        var registry = new OperationRegistry();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<IIdSource>(RandomIdSource.Instance);
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(new RegionOptions { DataDirectory = "/", RegionKey = store.RegionKey });
        services.AddSingleton(new RegionAddress(new Uri("http://127.0.0.1:4566")));
        services.AddSingleton<IStore>(store);
        services.AddSingleton<IControl>(control);
        services.AddSingleton(registry);
        services.AddSingleton<IAuthorizer, OpenAuthorizer>();
        services.AddSingleton<IRegion, Kernel.Region>();
        var module = new EcrModule();
        module.AddServices(services);
        module.MapOperations(registry);
        var provider = services.BuildServiceProvider();
        foreach (var part in provider.GetServices<IServiceLifetime>())
        {
            await part.StartAsync(CancellationToken.None);
        }

        return new(provider, store, control, time);
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    internal ValueTask<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, Principal? principal = null)
        where TResponse : Shape =>
        Get<IRegion>().SendAsync(request, principal ?? Principal.Root(Scope.AccountId), Scope, null, TestContext.Current.CancellationToken);

    /// <summary>Sends what must fail; the error as "code: message".</summary>
    internal async Task<string> FailAsync<TResponse>(IRequest<TResponse> request)
        where TResponse : Shape
    {
        var error = await Assert.ThrowsAsync<AwsException>(async () => await SendAsync(request));
        return $"{error.Code.Name}: {error.Message}";
    }

    internal async Task<Fogbank.Contracts.Ecr.Repository> CreateAsync(string name, string? mutability = null) =>
        (await SendAsync(new CreateRepositoryRequest { RepositoryName = name, ImageTagMutability = mutability })).Repository!;

    /// <summary>Uploads a layer in one part.</summary>
    internal async Task<string> UploadAsync(string repository, byte[] bytes)
    {
        var digest = DigestOf(bytes);
        var upload = (await SendAsync(new InitiateLayerUploadRequest { RepositoryName = repository })).UploadId!;
        await SendAsync(Part(repository, upload, 0, bytes));
        await SendAsync(new CompleteLayerUploadRequest { RepositoryName = repository, UploadId = upload, LayerDigests = [digest] });
        return digest;
    }

    internal static UploadLayerPartRequest Part(string repository, string upload, long first, byte[] bytes) => new()
    {
        RepositoryName = repository,
        UploadId = upload,
        PartFirstByte = first,
        PartLastByte = first + bytes.Length - 1,
        LayerPartBlob = bytes,
    };

    /// <summary>A small image of its own.</summary>
    internal async Task<string> PutImageAsync(string repository, string content, string? tag)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var digest = DigestOf(bytes);
        try
        {
            await UploadAsync(repository, bytes);
        }
        catch (AwsException exists) when (exists.Code == EcrErrorCodes.LayerAlreadyExistsException)
        {
        }

        var image = await SendAsync(new PutImageRequest { RepositoryName = repository, ImageManifest = Manifest(digest, bytes.Length), ImageTag = tag });
        return image.Image!.ImageId!.ImageDigest!;
    }

    internal async Task<string> PutIndexAsync(string repository, string? tag, params (string Digest, string Manifest)[] images)
    {
        var list = string.Join(',', images.Select(image =>
            $$"""{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{image.Digest}}","size":{{image.Manifest.Length}}}"""));
        var index = $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{{list}}]}""";
        return (await SendAsync(new PutImageRequest { RepositoryName = repository, ImageManifest = index, ImageTag = tag })).Image!.ImageId!.ImageDigest!;
    }

    internal static string Manifest(string config, int size) =>
        $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{config}}","size":{{size}}},"layers":[]}""";

    internal static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}
