using Fogbank.Contracts.Iam;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecs.Operations;

/// <summary>The role by which ECS acts in an account; made with the account's first cluster, as on AWS.</summary>
internal static class ServiceLinkedRole
{
    private const string ServiceName = "ecs.amazonaws.com";

    internal static async ValueTask EnsureAsync(IRegion region, RequestContext context, CancellationToken cancellationToken)
    {
        var self = Principal.Service(ServiceName, context.AccountId, null);
        try
        {
            await region.SendAsync(new GetRoleRequest { RoleName = "AWSServiceRoleForECS" }, self, context.Scope.ToGlobal(), null, cancellationToken);
        }
        catch (AwsException missing) when (missing.Code.Name == IamErrorCodes.NoSuchEntityException.Name)
        {
            try
            {
                await region.SendAsync(
                    new CreateServiceLinkedRoleRequest { AWSServiceName = ServiceName }, self, context.Scope.ToGlobal(), null, cancellationToken);
            }
            catch (AwsException refused) when (refused.Code.Name == IamErrorCodes.InvalidInputException.Name)
            {
                // Somebody else made it meanwhile.
            }
        }
    }
}
