using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Operations.Roles;

[Operation]
internal sealed class CreateServiceLinkedRole(IamStore store, IIdSource ids, TimeProvider time) : IOperation<CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse>
{
    public async ValueTask<CreateServiceLinkedRoleResponse> HandleAsync(
        CreateServiceLinkedRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var service = request.AWSServiceName;
        if (ServiceLinkedRoles.Find(service) is not { } kind)
        {
            throw CommonErrors.SettingNotSupported(IamErrorCodes.InvalidInputException, $"a service-linked role of {service}");
        }

        if (request.CustomSuffix is not null)
        {
            throw new AwsException(IamErrorCodes.InvalidInputException, $"Custom suffix is not allowed for {service}");
        }

        var role = new RoleRecord
        {
            AccountId = context.AccountId,
            Name = kind.Name,
            Id = ids.NewRoleId(),
            Path = ServiceLinkedRoles.PathOf(service),
            CreatedAt = time.GetUtcNow(),
            TrustPolicy = ServiceLinkedRoles.TrustPolicyOf(service),
            Description = request.Description ?? kind.Description,
            MaxSessionSeconds = 3600,
            Tags = TagChange.Apply([], null, []),
        };
        var made = await store.Database.WriteAsync(
            transaction =>
            {
                var key = IamStore.Key(role.AccountId, role.Name);
                if (transaction.Get(IamTables.Roles, key).Value is not null)
                {
                    throw new AwsException(
                        IamErrorCodes.InvalidInputException, $"Service role name {role.Name} has been taken in this account, please try a different suffix.");
                }

                var attached = PolicyAttachments.AttachOwn(transaction, role, ServiceLinkedRoles.PolicyArnOf(kind));
                transaction.Put(IamTables.Roles, key, attached);
                return attached;
            },
            cancellationToken);
        return new() { Role = RoleView.Created(made) };
    }
}
