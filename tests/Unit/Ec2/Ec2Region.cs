using Fogbank.Contracts;
using Fogbank.Contracts.Ec2;
using Fogbank.Kernel;
using Fogbank.Services.Ec2;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Ec2;

/// <summary>EC2 over a real store, called in process.</summary>
internal sealed class Ec2Region : IAsyncDisposable
{
    internal static readonly Kernel.Scope Scope = new("111122223333", "eu-west-1");
    internal static readonly Principal Ecs = Principal.Service("ecs.amazonaws.com", Scope.AccountId, "arn:aws:ecs:eu-west-1:111122223333:task/default/1");

    private readonly ServiceProvider _services;
    private readonly SqliteStore _store;

    private Ec2Region(ServiceProvider services, SqliteStore store)
    {
        _services = services;
        _store = store;
    }

    /// <param name="directory">Where the state lies; null: in memory.</param>
    internal static async Task<Ec2Region> StartAsync(string? directory = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var store = await SqliteStore.OpenAsync(directory is null ? new StoreOptions { Memory = true } : new StoreOptions { DataDirectory = directory }, time, null);
        var registry = new OperationRegistry();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<IIdSource>(RandomIdSource.Instance);
        services.AddSingleton(new RegionAddress(new Uri("http://127.0.0.1:4566")));
        services.AddSingleton<IStore>(store);
        services.AddSingleton(registry);
        services.AddSingleton<IAuthorizer, OpenAuthorizer>();
        services.AddSingleton<IRegion, Kernel.Region>();
        var module = new Ec2Module();
        module.AddServices(services);
        module.MapOperations(registry);
        var provider = services.BuildServiceProvider();
        foreach (var part in provider.GetServices<IServiceLifetime>())
        {
            await part.StartAsync(CancellationToken.None);
        }

        return new(provider, store);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }

    internal ValueTask<TResponse> SendAsync<TResponse>(IRequest<TResponse> request, Principal? principal = null, Kernel.Scope? scope = null)
        where TResponse : Shape =>
        _services.GetRequiredService<IRegion>().SendAsync(
            request, principal ?? Principal.Root(Scope.AccountId), scope ?? Scope, null, TestContext.Current.CancellationToken);

    /// <summary>Sends what must fail; the error as "code: message".</summary>
    internal async Task<string> FailAsync<TResponse>(IRequest<TResponse> request, Principal? principal = null)
        where TResponse : Shape
    {
        var error = await Assert.ThrowsAsync<AwsException>(async () => await SendAsync(request, principal));
        return $"{error.Code.Name}: {error.Message}";
    }

    internal async Task<Vpc> DefaultVpcAsync(Kernel.Scope? scope = null) =>
        Assert.Single((await SendAsync(new DescribeVpcsRequest(), scope: scope)).Vpcs!, vpc => vpc.IsDefault is true);

    internal async Task<Subnet> SubnetAsync(string id) =>
        Assert.Single((await SendAsync(new DescribeSubnetsRequest { SubnetIds = [id] })).Subnets!);

    /// <summary>A VPC with one subnet.</summary>
    internal async Task<Subnet> CreateSubnetAsync(string range = "10.0.0.0/28")
    {
        var vpc = (await SendAsync(new CreateVpcRequest { CidrBlock = range })).Vpc!;
        return (await SendAsync(new CreateSubnetRequest { VpcId = vpc.VpcId!, CidrBlock = range })).Subnet!;
    }

    internal async Task<NetworkInterface> CreateInterfaceAsync(string subnetId, string? address = null, string? token = null, Principal? principal = null) =>
        (await SendAsync(new CreateNetworkInterfaceRequest { SubnetId = subnetId, PrivateIpAddress = address, ClientToken = token }, principal)).NetworkInterface!;
}
