using System.Text.RegularExpressions;
using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Services.Ecs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Operations;

[Operation]
internal sealed partial class CreateCluster(EcsStore store, IRegion region) : IOperation<CreateClusterRequest, CreateClusterResponse>
{
    public async ValueTask<CreateClusterResponse> HandleAsync(CreateClusterRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = request.ClusterName ?? "default";
        if (!ClusterName().IsMatch(name))
        {
            throw EcsErrors.Invalid("Invalid cluster name");
        }

        ClusterParts.Refuse(request.Configuration, request.ServiceConnectDefaults);
        ClusterParts.CheckProviders(request.CapacityProviders ?? [], request.DefaultCapacityProviderStrategy ?? []);
        await ServiceLinkedRole.EnsureAsync(region, context, cancellationToken);
        var created = await store.Database.WriteAsync(
            transaction =>
            {
                var key = StoreKey.Of(context.Scope, name);

                // Creating what exists gives it back unchanged, as on AWS.
                if (transaction.Get(EcsSchema.Clusters, key).Value is { Status: ClusterRecord.Active } existing)
                {
                    return existing;
                }

                var cluster = new ClusterRecord
                {
                    AccountId = context.AccountId,
                    Region = context.Region,
                    Name = name,
                    Settings = ClusterParts.Settings([], request.Settings ?? AccountDefault(transaction, context.Scope)),
                    Configuration = request.Configuration,
                    CapacityProviders = request.CapacityProviders ?? [],
                    DefaultStrategy = request.DefaultCapacityProviderStrategy ?? [],
                    Tags = TagList.Add([], request.Tags),
                };
                transaction.Put(EcsSchema.Clusters, key, cluster);
                return cluster;
            },
            cancellationToken);
        return new() { Cluster = ClusterView.From(created, await store.ListLiveAsync(StoreKey.Of(context.Scope, name), cancellationToken), null) };
    }

    private static IReadOnlyList<ClusterSetting> AccountDefault(ITransaction transaction, Scope scope) =>
    [
        new()
        {
            Name = ClusterSettingName.ContainerInsights,
            Value = AccountSettings.Find(transaction, scope, null, SettingName.ContainerInsights),
        },
    ];

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z")]
    private static partial Regex ClusterName();
}

[Operation]
internal sealed class DeleteCluster(EcsStore store) : IOperation<DeleteClusterRequest, DeleteClusterResponse>
{
    public async ValueTask<DeleteClusterResponse> HandleAsync(DeleteClusterRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = EcsArn.ClusterName(request.Cluster, context.Scope) ?? throw EcsErrors.ClusterNotFound();
        var deleted = await store.ChangeClusterAsync(
            context.Scope,
            name,
            (transaction, cluster) => transaction.ScanIndex(
                    EcsSchema.Tasks, EcsSchema.Live, IndexRange.Equal(1L), StoreKey.Of(context.Scope, name), 1).Items.Count > 0
                ? throw EcsErrors.ClusterContainsTasks()
                : cluster with { Status = ClusterRecord.Inactive },
            cancellationToken);
        return new() { Cluster = ClusterView.From(deleted, [], null) };
    }
}

[Operation]
internal sealed class DescribeClusters(EcsStore store) : IOperation<DescribeClustersRequest, DescribeClustersResponse>
{
    public async ValueTask<DescribeClustersResponse> HandleAsync(DescribeClustersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var wanted = request.Clusters is { Count: > 0 } given ? given : ["default"];
        if (wanted.Count > 100)
        {
            throw EcsErrors.Invalid("Clusters cannot be longer than 100.");
        }

        var clusters = new List<Cluster>();
        var failures = new List<Failure>();
        foreach (var each in wanted)
        {
            var name = EcsArn.ClusterName(each, context.Scope);
            if (name is not null && await store.FindClusterAsync(context.Scope, name, cancellationToken) is { } cluster)
            {
                clusters.Add(ClusterView.From(cluster, await store.ListLiveAsync(StoreKey.Of(context.Scope, name), cancellationToken), request.Include ?? []));
            }
            else
            {
                failures.Add(new() { Arn = name is null ? each : EcsArn.Cluster(context.Scope, name), Reason = "MISSING" });
            }
        }

        return new() { Clusters = clusters, Failures = failures };
    }
}

[Operation]
internal sealed class ListClusters(EcsStore store) : IOperation<ListClustersRequest, ListClustersResponse>
{
    public async ValueTask<ListClustersResponse> HandleAsync(ListClustersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (clusters, next) = await store.Database.ScanWhereAsync(
            EcsSchema.Clusters,
            StoreKey.Of(context.Scope),
            cluster => cluster.Status == ClusterRecord.Active,
            EcsPaging.Limit(request.MaxResults),
            EcsPaging.Token(request.NextToken),
            cancellationToken);
        return new() { ClusterArns = [.. clusters.Select(cluster => cluster.Arn)], NextToken = next?.ToString() };
    }
}

[Operation]
internal sealed class UpdateCluster(EcsStore store) : IOperation<UpdateClusterRequest, UpdateClusterResponse>
{
    public async ValueTask<UpdateClusterResponse> HandleAsync(UpdateClusterRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        ClusterParts.Refuse(request.Configuration, request.ServiceConnectDefaults);
        var name = EcsArn.ClusterName(request.Cluster, context.Scope) ?? throw EcsErrors.ClusterNotFound();
        var changed = await store.ChangeClusterAsync(
            context.Scope,
            name,
            (_, cluster) => cluster with
            {
                Settings = ClusterParts.Settings(cluster.Settings, request.Settings ?? []),
                Configuration = request.Configuration ?? cluster.Configuration,
            },
            cancellationToken);
        return new() { Cluster = ClusterView.From(changed, await store.ListLiveAsync(StoreKey.Of(context.Scope, name), cancellationToken), null) };
    }
}

[Operation]
internal sealed class UpdateClusterSettings(EcsStore store) : IOperation<UpdateClusterSettingsRequest, UpdateClusterSettingsResponse>
{
    public async ValueTask<UpdateClusterSettingsResponse> HandleAsync(
        UpdateClusterSettingsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var name = EcsArn.ClusterName(request.Cluster, context.Scope) ?? throw EcsErrors.ClusterNotFound();
        var changed = await store.ChangeClusterAsync(
            context.Scope, name, (_, cluster) => cluster with { Settings = ClusterParts.Settings(cluster.Settings, request.Settings) }, cancellationToken);
        return new() { Cluster = ClusterView.From(changed, await store.ListLiveAsync(StoreKey.Of(context.Scope, name), cancellationToken), null) };
    }
}

[Operation]
internal sealed class PutClusterCapacityProviders(EcsStore store) : IOperation<PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse>
{
    public async ValueTask<PutClusterCapacityProvidersResponse> HandleAsync(
        PutClusterCapacityProvidersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        ClusterParts.CheckProviders(request.CapacityProviders, request.DefaultCapacityProviderStrategy);
        var name = EcsArn.ClusterName(request.Cluster, context.Scope) ?? throw EcsErrors.ClusterNotFound();
        var changed = await store.ChangeClusterAsync(
            context.Scope,
            name,
            (_, cluster) => cluster with { CapacityProviders = request.CapacityProviders, DefaultStrategy = request.DefaultCapacityProviderStrategy },
            cancellationToken);
        return new() { Cluster = ClusterView.From(changed, await store.ListLiveAsync(StoreKey.Of(context.Scope, name), cancellationToken), null) };
    }
}

[Operation]
internal sealed class DescribeCapacityProviders : IOperation<DescribeCapacityProvidersRequest, DescribeCapacityProvidersResponse>
{
    public ValueTask<DescribeCapacityProvidersResponse> HandleAsync(
        DescribeCapacityProvidersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var wanted = request.CapacityProviders is { Count: > 0 } given ? given : ClusterParts.Providers;
        var failures = new List<Failure>();
        var providers = new List<CapacityProvider>();
        foreach (var each in wanted)
        {
            var name = EcsArn.TryResource(each, context.Scope, "capacity-provider/", out var rest) ? rest : each;
            if (ClusterParts.Providers.Contains(name))
            {
                providers.Add(new() { CapacityProviderArn = EcsArn.CapacityProvider(context.Scope, name), Name = name, Status = CapacityProviderStatus.Active, Tags = [] });
            }
            else
            {
                failures.Add(new() { Arn = EcsArn.CapacityProvider(context.Scope, name), Reason = "MISSING" });
            }
        }

        return new(new DescribeCapacityProvidersResponse { CapacityProviders = providers, Failures = failures });
    }
}
