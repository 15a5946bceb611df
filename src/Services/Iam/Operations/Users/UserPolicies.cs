using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Store;

namespace Fogbank.Services.Iam.Operations.Users;

[Operation]
internal sealed class PutUserPolicy(IamStore store) : IOperation<PutUserPolicyRequest, PutUserPolicyResponse>
{
    public async ValueTask<PutUserPolicyResponse> HandleAsync(
        PutUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Users.PutPolicyAsync(context, request.UserName, request.PolicyName, request.PolicyDocument, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class GetUserPolicy(IamStore store) : IOperation<GetUserPolicyRequest, GetUserPolicyResponse>
{
    public async ValueTask<GetUserPolicyResponse> HandleAsync(
        GetUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (owner, document) = await store.Users.GetPolicyAsync(context, request.UserName, request.PolicyName, cancellationToken);
        return new() { UserName = owner, PolicyName = request.PolicyName, PolicyDocument = document };
    }
}

[Operation]
internal sealed class ListUserPolicies(IamStore store) : IOperation<ListUserPoliciesRequest, ListUserPoliciesResponse>
{
    public async ValueTask<ListUserPoliciesResponse> HandleAsync(
        ListUserPoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (names, marker) = await store.Users.ListPoliciesAsync(context, request.UserName, request.Marker, request.MaxItems, cancellationToken);
        return new() { PolicyNames = names, IsTruncated = marker is not null, Marker = marker };
    }
}

[Operation]
internal sealed class DeleteUserPolicy(IamStore store) : IOperation<DeleteUserPolicyRequest, DeleteUserPolicyResponse>
{
    public async ValueTask<DeleteUserPolicyResponse> HandleAsync(
        DeleteUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Users.DeletePolicyAsync(context, request.UserName, request.PolicyName, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class AttachUserPolicy(IamStore store) : IOperation<AttachUserPolicyRequest, AttachUserPolicyResponse>
{
    public async ValueTask<AttachUserPolicyResponse> HandleAsync(
        AttachUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Users.AttachAsync(context, request.UserName, request.PolicyArn, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DetachUserPolicy(IamStore store) : IOperation<DetachUserPolicyRequest, DetachUserPolicyResponse>
{
    public async ValueTask<DetachUserPolicyResponse> HandleAsync(
        DetachUserPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Users.DetachAsync(context, request.UserName, request.PolicyArn, cancellationToken);
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
        var (policies, marker) = await store.Users.ListAttachedAsync(
            context, request.UserName, request.PathPrefix, request.Marker, request.MaxItems, cancellationToken);
        return new() { AttachedPolicies = policies, IsTruncated = marker is not null, Marker = marker };
    }
}
