using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Store;

namespace Fogbank.Services.Iam.Operations.Roles;

[Operation]
internal sealed class PutRolePolicy(IamStore store) : IOperation<PutRolePolicyRequest, PutRolePolicyResponse>
{
    public async ValueTask<PutRolePolicyResponse> HandleAsync(
        PutRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.PutPolicyAsync(context, request.RoleName, request.PolicyName, request.PolicyDocument, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class GetRolePolicy(IamStore store) : IOperation<GetRolePolicyRequest, GetRolePolicyResponse>
{
    public async ValueTask<GetRolePolicyResponse> HandleAsync(
        GetRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (owner, document) = await store.Roles.GetPolicyAsync(context, request.RoleName, request.PolicyName, cancellationToken);
        return new() { RoleName = owner, PolicyName = request.PolicyName, PolicyDocument = document };
    }
}

[Operation]
internal sealed class ListRolePolicies(IamStore store) : IOperation<ListRolePoliciesRequest, ListRolePoliciesResponse>
{
    public async ValueTask<ListRolePoliciesResponse> HandleAsync(
        ListRolePoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (names, marker) = await store.Roles.ListPoliciesAsync(context, request.RoleName, request.Marker, request.MaxItems, cancellationToken);
        return new() { PolicyNames = names, IsTruncated = marker is not null, Marker = marker };
    }
}

[Operation]
internal sealed class DeleteRolePolicy(IamStore store) : IOperation<DeleteRolePolicyRequest, DeleteRolePolicyResponse>
{
    public async ValueTask<DeleteRolePolicyResponse> HandleAsync(
        DeleteRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.DeletePolicyAsync(context, request.RoleName, request.PolicyName, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class AttachRolePolicy(IamStore store) : IOperation<AttachRolePolicyRequest, AttachRolePolicyResponse>
{
    public async ValueTask<AttachRolePolicyResponse> HandleAsync(
        AttachRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.AttachAsync(context, request.RoleName, request.PolicyArn, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DetachRolePolicy(IamStore store) : IOperation<DetachRolePolicyRequest, DetachRolePolicyResponse>
{
    public async ValueTask<DetachRolePolicyResponse> HandleAsync(
        DetachRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.DetachAsync(context, request.RoleName, request.PolicyArn, cancellationToken);
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
        var (policies, marker) = await store.Roles.ListAttachedAsync(
            context, request.RoleName, request.PathPrefix, request.Marker, request.MaxItems, cancellationToken);
        return new() { AttachedPolicies = policies, IsTruncated = marker is not null, Marker = marker };
    }
}
