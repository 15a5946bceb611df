using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;

namespace Fogbank.Services.Iam.Operations.Users;

[Operation]
internal sealed class PutUserPolicy(IamStore store) : IOperation<PutUserPolicyRequest, PutUserPolicyResponse>
{
    public async ValueTask<PutUserPolicyResponse> HandleAsync(
        PutUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        PolicyCheck.Throw(request.PolicyDocument);
        await store.ChangeUserAsync(
            context.AccountId,
            request.UserName,
            (_, user) => user with
            {
                InlinePolicies = PolicyCheck.PutInline(
                    user.InlinePolicies, request.PolicyName, request.PolicyDocument, "user", user.Name, IamLimits.InlineUserCharacters),
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class GetUserPolicy(IamStore store) : IOperation<GetUserPolicyRequest, GetUserPolicyResponse>
{
    public async ValueTask<GetUserPolicyResponse> HandleAsync(
        GetUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var user = await store.GetUserAsync(context.AccountId, request.UserName, cancellationToken);
        return user.InlinePolicies.TryGetValue(request.PolicyName, out var document)
            ? new() { UserName = user.Name, PolicyName = request.PolicyName, PolicyDocument = IamViews.Encode(document) }
            : throw IamErrors.NoSuchInlinePolicy("user", request.PolicyName);
    }
}

[Operation]
internal sealed class ListUserPolicies(IamStore store) : IOperation<ListUserPoliciesRequest, ListUserPoliciesResponse>
{
    public async ValueTask<ListUserPoliciesResponse> HandleAsync(
        ListUserPoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var user = await store.GetUserAsync(context.AccountId, request.UserName, cancellationToken);
        var (names, marker) = IamPaging.Page(user.InlinePolicies.Keys, name => name, request.Marker, request.MaxItems);
        return new() { PolicyNames = names, IsTruncated = marker is not null, Marker = marker };
    }
}

[Operation]
internal sealed class DeleteUserPolicy(IamStore store) : IOperation<DeleteUserPolicyRequest, DeleteUserPolicyResponse>
{
    public async ValueTask<DeleteUserPolicyResponse> HandleAsync(
        DeleteUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeUserAsync(
            context.AccountId,
            request.UserName,
            (_, user) =>
            {
                var rest = new SortedDictionary<string, string>(user.InlinePolicies, StringComparer.Ordinal);
                return rest.Remove(request.PolicyName)
                    ? user with { InlinePolicies = rest }
                    : throw IamErrors.NoSuchInlinePolicy("user", request.PolicyName);
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class AttachUserPolicy(IamStore store) : IOperation<AttachUserPolicyRequest, AttachUserPolicyResponse>
{
    public async ValueTask<AttachUserPolicyResponse> HandleAsync(
        AttachUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!PolicyArn.TryParse(request.PolicyArn, out var policy))
        {
            throw IamErrors.InvalidArn();
        }

        await store.ChangeUserAsync(
            context.AccountId, request.UserName, (transaction, user) => PolicyAttachments.Attach(transaction, user, policy), cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DetachUserPolicy(IamStore store) : IOperation<DetachUserPolicyRequest, DetachUserPolicyResponse>
{
    public async ValueTask<DetachUserPolicyResponse> HandleAsync(
        DetachUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeUserAsync(
            context.AccountId,
            request.UserName,
            (transaction, user) => PolicyAttachments.Detach(transaction, user, request.PolicyArn),
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListAttachedUserPolicies(IamStore store)
    : IOperation<ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse>
{
    public async ValueTask<ListAttachedUserPoliciesResponse> HandleAsync(
        ListAttachedUserPoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var user = await store.GetUserAsync(context.AccountId, request.UserName, cancellationToken);
        var prefix = ":policy" + (request.PathPrefix ?? "/");
        var (arns, marker) = IamPaging.Page(
            user.AttachedPolicies.Where(arn => arn.Contains(prefix, StringComparison.Ordinal)), arn => arn, request.Marker, request.MaxItems);
        return new() { AttachedPolicies = IamViews.Attached(arns), IsTruncated = marker is not null, Marker = marker };
    }
}
