using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class TagResource(EcrStore store) : IOperation<TagResourceRequest, TagResourceResponse>
{
    public async ValueTask<TagResourceResponse> HandleAsync(TagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.OfArn(context, request.ResourceArn);
        _ = await store.ChangeRepositoryAsync(
            key, current => current with { Tags = ResourceTags.Add(current.Tags, request.Tags) }, cancellationToken)
            ?? throw EcrErrors.NoSuchRepository(key);
        return new();
    }
}

[Operation]
internal sealed class UntagResource(EcrStore store) : IOperation<UntagResourceRequest, UntagResourceResponse>
{
    public async ValueTask<UntagResourceResponse> HandleAsync(
        UntagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.OfArn(context, request.ResourceArn);
        _ = await store.ChangeRepositoryAsync(
            key, current => current with { Tags = ResourceTags.Remove(current.Tags, request.TagKeys) }, cancellationToken)
            ?? throw EcrErrors.NoSuchRepository(key);
        return new();
    }
}

[Operation]
internal sealed class ListTagsForResource(EcrStore store) : IOperation<ListTagsForResourceRequest, ListTagsForResourceResponse>
{
    public async ValueTask<ListTagsForResourceResponse> HandleAsync(
        ListTagsForResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.OfArn(context, request.ResourceArn);
        var repository = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        return new() { Tags = RepositoryView.Tags(repository.Tags) };
    }
}
