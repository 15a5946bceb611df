using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class CreateTags(Ec2Store store) : IOperation<CreateTagsRequest, CreateTagsResponse>
{
    public async ValueTask<CreateTagsResponse> HandleAsync(CreateTagsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                foreach (var id in request.Resources)
                {
                    TaggedResources.Change(transaction, id, tags => TagRules.Add(tags, request.Tags));
                }
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteTags(Ec2Store store) : IOperation<DeleteTagsRequest, DeleteTagsResponse>
{
    public async ValueTask<DeleteTagsResponse> HandleAsync(DeleteTagsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                foreach (var id in request.Resources)
                {
                    TaggedResources.Change(transaction, id, tags => TagRules.Remove(tags, request.Tags));
                }
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DescribeTags(Ec2Store store) : IOperation<DescribeTagsRequest, DescribeTagsResponse>
{
    private static readonly FilterSet<TagDescription> s_filters = new(
        static tag => [new() { Key = tag.Key, Value = tag.Value }],
        FilterSet<TagDescription>.One("key", static tag => tag.Key),
        FilterSet<TagDescription>.One("resource-id", static tag => tag.ResourceId),
        FilterSet<TagDescription>.One("resource-type", static tag => tag.ResourceType),
        FilterSet<TagDescription>.One("value", static tag => tag.Value));

    public async ValueTask<DescribeTagsResponse> HandleAsync(DescribeTagsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var fits = s_filters.Compile(request.Filters);
        Listing.CheckDryRun(request);
        var all = (await TaggedResources.ListAsync(store, context.Scope, cancellationToken))
            .SelectMany(resource => resource.Tags.Select(tag => new TagDescription
            {
                ResourceId = resource.Id,
                ResourceType = resource.Type,
                Key = tag.Key,
                Value = tag.Value,
            }))
            .Where(fits)
            .OrderBy(KeyOf, StringComparer.Ordinal);
        var (items, next) = Listing.Page(all, KeyOf, request);
        return new() { Tags = items, NextToken = next };
    }

    private static string KeyOf(TagDescription tag) => $"{tag.ResourceId}\n{tag.Key}";
}
