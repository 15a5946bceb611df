using Fogbank.Contracts.Ec2;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecs.Operations;

/// <summary>Whether the network that a task asks for exists, before anything is promised.</summary>
internal static class TaskSubnets
{
    /// <exception cref="AwsException">A subnet or a group does not exist, or they belong to different networks.</exception>
    internal static async ValueTask CheckAsync(
        IRegion region, Scope scope, IReadOnlyList<string> subnetIds, IReadOnlyList<string> groupIds, CancellationToken cancellationToken)
    {
        var self = Principal.Service(EcsModule.ServiceName, scope.AccountId, null);
        var subnets = await AskAsync("subnet", subnetIds, new DescribeSubnetsRequest { SubnetIds = subnetIds });
        if (subnets.Subnets!.Select(subnet => subnet.VpcId).Distinct().Skip(1).Any())
        {
            throw EcsErrors.Invalid("The subnets provided must all belong to the same VPC.");
        }

        if (groupIds.Count == 0)
        {
            return;
        }

        var groups = await AskAsync("security group", groupIds, new DescribeSecurityGroupsRequest { GroupIds = groupIds });
        if (groups.SecurityGroups!.FirstOrDefault(group => group.VpcId != subnets.Subnets![0].VpcId) is { } stranger)
        {
            throw EcsErrors.Invalid($"Security group {stranger.GroupId} does not appear to belong to the same VPC as the input subnets.");
        }

        async ValueTask<TResponse> AskAsync<TResponse>(string what, IReadOnlyList<string> ids, Fogbank.Contracts.IRequest<TResponse> request)
            where TResponse : Fogbank.Contracts.Shape
        {
            try
            {
                return await region.SendAsync(request, self, scope, null, cancellationToken);
            }
            catch (AwsException refusal)
            {
                throw EcsErrors.Invalid($"Error retrieving {what} information for [{string.Join(", ", ids)}]: {refusal.Message} (ErrorCode: {refusal.Code.XmlCode})");
            }
        }
    }
}
