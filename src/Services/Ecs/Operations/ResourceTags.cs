using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Services.Ecs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Operations;

/// <summary>Tags of whatever an ARN names.</summary>
internal static class ResourceTags
{
    /// <summary>Reads the tags of a resource and, where there is a change, writes them.</summary>
    internal static async ValueTask<SortedDictionary<string, string>> ApplyAsync(
        EcsStore store, string arn, Scope scope, Func<SortedDictionary<string, string>, SortedDictionary<string, string>>? change, CancellationToken cancellationToken)
    {
        if (EcsArn.TryResource(arn, scope, "cluster/", out var cluster))
        {
            return await store.Database.WriteAsync(
                transaction => Apply(
                    transaction, EcsSchema.Clusters, StoreKey.Of(scope, cluster), change, record => record.Tags, (record, tags) => record with { Tags = tags }),
                cancellationToken);
        }

        if (EcsArn.TryResource(arn, scope, "task/", out var task) && task.Split('/') is [var clusterName, var id])
        {
            return await store.Database.WriteAsync(
                transaction => Apply(
                    transaction, EcsSchema.Tasks, StoreKey.Of(scope, clusterName, id), change, record => record.Tags, (record, tags) => record with { Tags = tags }),
                cancellationToken);
        }

        if (EcsArn.TryResource(arn, scope, "task-definition/", out _)
            && EcsArn.TryTaskDefinition(arn, scope, out var family, out var revision) && revision is { } number)
        {
            return await store.Database.WriteAsync(
                transaction => Apply(
                    transaction, EcsSchema.Definitions, EcsStore.DefinitionKey(scope, family, number), change, record => record.Tags, (record, tags) => record with { Tags = tags }),
                cancellationToken);
        }

        throw Arn.TryParse(arn, out _) ? EcsErrors.Invalid("The specified resource could not be found.") : EcsErrors.Invalid("Invalid identifier: Unexpected format for ARN");
    }

    private static SortedDictionary<string, string> Apply<T>(
        ITransaction transaction,
        Table<T> table,
        StoreKey key,
        Func<SortedDictionary<string, string>, SortedDictionary<string, string>>? change,
        Func<T, SortedDictionary<string, string>> read,
        Func<T, SortedDictionary<string, string>, T> write)
        where T : class
    {
        if (transaction.Get(table, key).Value is not { } record)
        {
            throw EcsErrors.Invalid("The specified resource could not be found.");
        }

        var tags = read(record);
        if (change is null)
        {
            return tags;
        }

        tags = change(tags);
        transaction.Put(table, key, write(record, tags));
        return tags;
    }
}

[Operation]
internal sealed class TagResource(EcsStore store) : IOperation<TagResourceRequest, TagResourceResponse>
{
    public async ValueTask<TagResourceResponse> HandleAsync(TagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ResourceTags.ApplyAsync(store, request.ResourceArn, context.Scope, tags => TagList.Add(tags, request.Tags), cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class UntagResource(EcsStore store) : IOperation<UntagResourceRequest, UntagResourceResponse>
{
    public async ValueTask<UntagResourceResponse> HandleAsync(UntagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ResourceTags.ApplyAsync(store, request.ResourceArn, context.Scope, tags => TagList.Remove(tags, request.TagKeys), cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListTagsForResource(EcsStore store) : IOperation<ListTagsForResourceRequest, ListTagsForResourceResponse>
{
    public async ValueTask<ListTagsForResourceResponse> HandleAsync(
        ListTagsForResourceRequest request, RequestContext context, CancellationToken cancellationToken) =>
        new() { Tags = TagList.From(await ResourceTags.ApplyAsync(store, request.ResourceArn, context.Scope, null, cancellationToken)) };
}
