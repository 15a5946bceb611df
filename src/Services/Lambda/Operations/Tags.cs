using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;

namespace Fogbank.Services.Lambda.Operations;

[Operation]
internal sealed class TagResource(LambdaStore store) : IOperation<TagResourceRequest, TagResourceResponse>
{
    public async ValueTask<TagResourceResponse> HandleAsync(TagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.Tags.Count == 0)
        {
            throw LambdaErrors.InvalidParameter("An error occurred and the request cannot be processed.");
        }

        await store.ChangeAsync(
            TaggedFunction.Parse(request.Resource, context, "lambda:TagResource"),
            (_, function) =>
            {
                var tags = new Dictionary<string, string>(function.Tags, StringComparer.Ordinal);
                foreach (var (name, value) in request.Tags)
                {
                    tags[name] = value;
                }

                return tags.Count <= CodeLimits.Tags
                    ? function with { Tags = tags }
                    : throw LambdaErrors.InvalidParameter("Number of tags exceeds resource tag limit.");
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class UntagResource(LambdaStore store) : IOperation<UntagResourceRequest, UntagResourceResponse>
{
    public async ValueTask<UntagResourceResponse> HandleAsync(
        UntagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(
            TaggedFunction.Parse(request.Resource, context, "lambda:UntagResource"),
            (_, function) => function with
            {
                Tags = function.Tags.Where(tag => !request.TagKeys.Contains(tag.Key)).ToDictionary(StringComparer.Ordinal),
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListTags(LambdaStore store) : IOperation<ListTagsRequest, ListTagsResponse>
{
    public async ValueTask<ListTagsResponse> HandleAsync(ListTagsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = TaggedFunction.Parse(request.Resource, context, "lambda:ListTags");
        var function = await store.FindAsync(key, cancellationToken) ?? throw LambdaErrors.FunctionNotFound(key.Arn);
        return new() { Tags = function.Tags };
    }
}

/// <summary>What tags are put on, by its ARN.</summary>
file static class TaggedFunction
{
    internal static FunctionKey Parse(string resource, RequestContext context, string action)
    {
        if (Arn.TryParse(resource, out var arn))
        {
            switch (arn.Resource.Split(':')[0])
            {
                case "function":
                    break;
                case "event-source-mapping":
                    throw LambdaErrors.NotFound($"Event source mapping not found: {resource}");
                case "capacity-provider":
                    throw LambdaErrors.NotFound($"Capacity provider not found: {resource}");
                default:
                    throw LambdaErrors.NotFound($"The resource {resource} cannot be found.");
            }
        }

        var reference = FunctionReference.ParseOwn(resource, null, context, action);
        return reference.Qualifier is null
            ? reference.Key
            : throw LambdaErrors.InvalidParameter("Tags on function aliases and versions are not supported. Please specify a function ARN.");
    }
}
