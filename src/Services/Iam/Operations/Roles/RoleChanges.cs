using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Operations.Roles;

[Operation]
internal sealed class UpdateRole(IamStore store) : IOperation<UpdateRoleRequest, UpdateRoleResponse>
{
    public async ValueTask<UpdateRoleResponse> HandleAsync(UpdateRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.ChangeAsync(
            context.AccountId,
            request.RoleName,
            role => role with
            {
                Description = request.Description ?? role.Description,
                MaxSessionSeconds = request.MaxSessionDuration ?? role.MaxSessionSeconds,
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class UpdateRoleDescription(IamStore store) : IOperation<UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse>
{
    public async ValueTask<UpdateRoleDescriptionResponse> HandleAsync(
        UpdateRoleDescriptionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var role = await store.Roles.ChangeAsync(
            context.AccountId, request.RoleName, role => role with { Description = request.Description }, cancellationToken);
        return new() { Role = RoleView.Whole(role) };
    }
}

[Operation]
internal sealed class UpdateAssumeRolePolicy(IamStore store) : IOperation<UpdateAssumeRolePolicyRequest, UpdateAssumeRolePolicyResponse>
{
    public async ValueTask<UpdateAssumeRolePolicyResponse> HandleAsync(
        UpdateAssumeRolePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        TrustPolicyCheck.Throw(request.PolicyDocument);
        await store.Roles.ChangeAsync(
            context.AccountId, request.RoleName, role => role with { TrustPolicy = request.PolicyDocument }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteRole(IamStore store) : IOperation<DeleteRoleRequest, DeleteRoleResponse>
{
    public async ValueTask<DeleteRoleResponse> HandleAsync(DeleteRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Database.WriteAsync(
            transaction =>
            {
                var key = IamStore.Key(context.AccountId, request.RoleName);
                var role = transaction.Get(IamTables.Roles, key).Value ?? throw IamErrors.NoSuchRole(request.RoleName);
                if (role.AttachedPolicies.Count > 0)
                {
                    throw IamErrors.MustDetachFirst();
                }

                if (role.InlinePolicies.Count > 0)
                {
                    throw IamErrors.MustDeletePoliciesFirst();
                }

                transaction.Delete(IamTables.Roles, key);
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class TagRole(IamStore store) : IOperation<TagRoleRequest, TagRoleResponse>
{
    public async ValueTask<TagRoleResponse> HandleAsync(TagRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.ChangeTagsAsync(context, request.RoleName, request.Tags, [], cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class UntagRole(IamStore store) : IOperation<UntagRoleRequest, UntagRoleResponse>
{
    public async ValueTask<UntagRoleResponse> HandleAsync(UntagRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.ChangeTagsAsync(context, request.RoleName, null, request.TagKeys, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class PutRolePermissionsBoundary(IamStore store)
    : IOperation<PutRolePermissionsBoundaryRequest, PutRolePermissionsBoundaryResponse>
{
    public async ValueTask<PutRolePermissionsBoundaryResponse> HandleAsync(
        PutRolePermissionsBoundaryRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.SetBoundaryAsync(context, request.RoleName, request.PermissionsBoundary, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteRolePermissionsBoundary(IamStore store)
    : IOperation<DeleteRolePermissionsBoundaryRequest, DeleteRolePermissionsBoundaryResponse>
{
    public async ValueTask<DeleteRolePermissionsBoundaryResponse> HandleAsync(
        DeleteRolePermissionsBoundaryRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.SetBoundaryAsync(context, request.RoleName, null, cancellationToken);
        return new();
    }
}
