using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;

namespace Fogbank.Services.Iam.Operations.Roles;

[Operation]
internal sealed class CreateRole(IamStore store, IIdSource ids, TimeProvider time) : IOperation<CreateRoleRequest, CreateRoleResponse>
{
    public async ValueTask<CreateRoleResponse> HandleAsync(CreateRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        TrustPolicyCheck.Throw(request.AssumeRolePolicyDocument);
        var role = new RoleRecord
        {
            AccountId = context.AccountId,
            Name = request.RoleName,
            Id = ids.NewRoleId(),
            Path = request.Path ?? "/",
            CreatedAt = time.GetUtcNow(),
            TrustPolicy = request.AssumeRolePolicyDocument,
            Description = request.Description,
            MaxSessionSeconds = request.MaxSessionDuration ?? 3600,
            PermissionsBoundary = request.PermissionsBoundary,
            Tags = TagChange.Apply([], request.Tags, []),
        };
        var key = IamStore.Key(role.AccountId, role.Name);
        if (!await store.Database.TryPutAsync(IamTables.Roles, key, role, expectedVersion: 0, cancellationToken))
        {
            throw IamErrors.RoleExists(role.Name);
        }

        return new() { Role = RoleView.Created(role) };
    }
}
