using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;

namespace Fogbank.Services.Iam.Operations.Roles;

[Operation]
internal sealed class GetRole(IamStore store) : IOperation<GetRoleRequest, GetRoleResponse>
{
    public async ValueTask<GetRoleResponse> HandleAsync(GetRoleRequest request, RequestContext context, CancellationToken cancellationToken) =>
        new() { Role = RoleView.Whole(await store.Roles.GetAsync(context.AccountId, request.RoleName, cancellationToken)) };
}

[Operation]
internal sealed class ListRoles(IamStore store) : IOperation<ListRolesRequest, ListRolesResponse>
{
    public async ValueTask<ListRolesResponse> HandleAsync(ListRolesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var prefix = request.PathPrefix ?? "/";
        var (roles, marker) = await IamPaging.PageAsync(
            store.Database,
            IamTables.Roles,
            IamStore.Key(context.AccountId),
            role => role.Path.StartsWith(prefix, StringComparison.Ordinal),
            request.Marker,
            request.MaxItems,
            cancellationToken);
        return new() { Roles = [.. roles.Select(RoleView.Listed)], IsTruncated = marker is not null, Marker = marker };
    }
}

[Operation]
internal sealed class ListRoleTags(IamStore store) : IOperation<ListRoleTagsRequest, ListRoleTagsResponse>
{
    public async ValueTask<ListRoleTagsResponse> HandleAsync(
        ListRoleTagsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (tags, marker) = await store.Roles.ListTagsAsync(context, request.RoleName, request.Marker, request.MaxItems, cancellationToken);
        return new() { Tags = tags, IsTruncated = marker is not null, Marker = marker };
    }
}

/// <summary>Instance profiles are not built, so no role can be in one: the list is truly empty. Clients ask before they delete a role.</summary>
[Operation]
internal sealed class ListInstanceProfilesForRole(IamStore store)
    : IOperation<ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse>
{
    public async ValueTask<ListInstanceProfilesForRoleResponse> HandleAsync(
        ListInstanceProfilesForRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        return new() { InstanceProfiles = [], IsTruncated = false };
    }
}
