using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Scope = Fogbank.Kernel.Scope;

namespace Fogbank.Services.Logs.Operations;

/// <summary>Tags of a group after a change.</summary>
internal static class GroupTags
{
    internal static SortedDictionary<string, string> Add(
        SortedDictionary<string, string> current, IReadOnlyDictionary<string, string>? added)
    {
        var next = new SortedDictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var (key, value) in added ?? new Dictionary<string, string>())
        {
            next[key] = value;
        }

        return next.Count <= LogLimits.Tags
            ? next
            : throw new AwsException(LogsErrorCodes.TooManyTagsException, $"A resource can have no more than {LogLimits.Tags} tags.");
    }

    internal static SortedDictionary<string, string> Remove(SortedDictionary<string, string> current, IReadOnlyList<string> keys)
    {
        var next = new SortedDictionary<string, string>(current, StringComparer.Ordinal);
        foreach (var key in keys)
        {
            next.Remove(key);
        }

        return next;
    }

    /// <summary>The group that a tagging call means by its ARN.</summary>
    internal static string GroupOf(string resourceArn, Scope scope) =>
        GroupName.TryParseArn(resourceArn, out var arn, out var group) && arn.AccountId == scope.AccountId && arn.Region == scope.Region
            ? group
            : throw LogsErrors.NoSuchResource();
}

[Operation]
internal sealed class TagResource(LogsStore store) : IOperation<TagResourceRequest, TagResourceResponse>
{
    public async ValueTask<TagResourceResponse> HandleAsync(TagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var group = GroupTags.GroupOf(request.ResourceArn, context.Scope);
        await store.ChangeGroupAsync(
            context.Scope, group, current => current with { Tags = GroupTags.Add(current.Tags, request.Tags) }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class UntagResource(LogsStore store) : IOperation<UntagResourceRequest, UntagResourceResponse>
{
    public async ValueTask<UntagResourceResponse> HandleAsync(
        UntagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var group = GroupTags.GroupOf(request.ResourceArn, context.Scope);
        await store.ChangeGroupAsync(
            context.Scope, group, current => current with { Tags = GroupTags.Remove(current.Tags, request.TagKeys) }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListTagsForResource(LogsStore store) : IOperation<ListTagsForResourceRequest, ListTagsForResourceResponse>
{
    public async ValueTask<ListTagsForResourceResponse> HandleAsync(
        ListTagsForResourceRequest request, RequestContext context, CancellationToken cancellationToken) =>
        new()
        {
            Tags = (await store.GetGroupAsync(context.Scope, GroupTags.GroupOf(request.ResourceArn, context.Scope), cancellationToken)).Tags,
        };
}

[Operation]
internal sealed class TagLogGroup(LogsStore store) : IOperation<TagLogGroupRequest, TagLogGroupResponse>
{
    public async ValueTask<TagLogGroupResponse> HandleAsync(TagLogGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeGroupAsync(
            context.Scope, request.LogGroupName, group => group with { Tags = GroupTags.Add(group.Tags, request.Tags) }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class UntagLogGroup(LogsStore store) : IOperation<UntagLogGroupRequest, UntagLogGroupResponse>
{
    public async ValueTask<UntagLogGroupResponse> HandleAsync(
        UntagLogGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeGroupAsync(
            context.Scope, request.LogGroupName, group => group with { Tags = GroupTags.Remove(group.Tags, request.Tags) }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListTagsLogGroup(LogsStore store) : IOperation<ListTagsLogGroupRequest, ListTagsLogGroupResponse>
{
    public async ValueTask<ListTagsLogGroupResponse> HandleAsync(
        ListTagsLogGroupRequest request, RequestContext context, CancellationToken cancellationToken) =>
        new() { Tags = (await store.GetGroupAsync(context.Scope, request.LogGroupName, cancellationToken)).Tags };
}
