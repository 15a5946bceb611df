using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;

namespace Fogbank.Services.Iam.Operations.Roles;

[Operation]
internal sealed class PutRolePolicy(IamStore store) : IOperation<PutRolePolicyRequest, PutRolePolicyResponse>
{
    public async ValueTask<PutRolePolicyResponse> HandleAsync(
        PutRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        PolicyCheck.Throw(request.PolicyDocument);
        await store.ChangeRoleAsync(
            context.AccountId,
            request.RoleName,
            (_, role) => role with
            {
                InlinePolicies = PolicyCheck.PutInline(
                    role.InlinePolicies, request.PolicyName, request.PolicyDocument, "role", role.Name, IamLimits.InlineRoleCharacters),
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class GetRolePolicy(IamStore store) : IOperation<GetRolePolicyRequest, GetRolePolicyResponse>
{
    public async ValueTask<GetRolePolicyResponse> HandleAsync(
        GetRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var role = await store.GetRoleAsync(context.AccountId, request.RoleName, cancellationToken);
        return role.InlinePolicies.TryGetValue(request.PolicyName, out var document)
            ? new() { RoleName = role.Name, PolicyName = request.PolicyName, PolicyDocument = IamViews.Encode(document) }
            : throw IamErrors.NoSuchInlinePolicy("role", request.PolicyName);
    }
}

[Operation]
internal sealed class ListRolePolicies(IamStore store) : IOperation<ListRolePoliciesRequest, ListRolePoliciesResponse>
{
    public async ValueTask<ListRolePoliciesResponse> HandleAsync(
        ListRolePoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var role = await store.GetRoleAsync(context.AccountId, request.RoleName, cancellationToken);
        var (names, marker) = IamPaging.Page(role.InlinePolicies.Keys, name => name, request.Marker, request.MaxItems);
        return new() { PolicyNames = names, IsTruncated = marker is not null, Marker = marker };
    }
}

[Operation]
internal sealed class DeleteRolePolicy(IamStore store) : IOperation<DeleteRolePolicyRequest, DeleteRolePolicyResponse>
{
    public async ValueTask<DeleteRolePolicyResponse> HandleAsync(
        DeleteRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeRoleAsync(
            context.AccountId,
            request.RoleName,
            (_, role) =>
            {
                var rest = new SortedDictionary<string, string>(role.InlinePolicies, StringComparer.Ordinal);
                return rest.Remove(request.PolicyName)
                    ? role with { InlinePolicies = rest }
                    : throw IamErrors.NoSuchInlinePolicy("role", request.PolicyName);
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class AttachRolePolicy(IamStore store) : IOperation<AttachRolePolicyRequest, AttachRolePolicyResponse>
{
    public async ValueTask<AttachRolePolicyResponse> HandleAsync(
        AttachRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!PolicyArn.TryParse(request.PolicyArn, out var policy))
        {
            throw IamErrors.InvalidArn();
        }

        await store.ChangeRoleAsync(
            context.AccountId, request.RoleName, (transaction, role) => PolicyAttachments.Attach(transaction, role, policy), cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DetachRolePolicy(IamStore store) : IOperation<DetachRolePolicyRequest, DetachRolePolicyResponse>
{
    public async ValueTask<DetachRolePolicyResponse> HandleAsync(
        DetachRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeRoleAsync(
            context.AccountId,
            request.RoleName,
            (transaction, role) => PolicyAttachments.Detach(transaction, role, request.PolicyArn),
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListAttachedRolePolicies(IamStore store)
    : IOperation<ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse>
{
    public async ValueTask<ListAttachedRolePoliciesResponse> HandleAsync(
        ListAttachedRolePoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var role = await store.GetRoleAsync(context.AccountId, request.RoleName, cancellationToken);
        var prefix = ":policy" + (request.PathPrefix ?? "/");
        var (arns, marker) = IamPaging.Page(
            role.AttachedPolicies.Where(arn => arn.Contains(prefix, StringComparison.Ordinal)), arn => arn, request.Marker, request.MaxItems);
        return new() { AttachedPolicies = IamViews.Attached(arns), IsTruncated = marker is not null, Marker = marker };
    }
}
