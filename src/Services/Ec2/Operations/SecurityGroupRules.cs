using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class AuthorizeSecurityGroupIngress(Ec2Store store, IIdSource ids)
    : IOperation<AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResponse>
{
    public async ValueTask<AuthorizeSecurityGroupIngressResponse> HandleAsync(
        AuthorizeSecurityGroupIngressRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var permissions = RuleChanges.Permissions(
            request.IpPermissions, request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp, request.SourceSecurityGroupName);
        if (permissions.Count == 0)
        {
            throw Ec2Errors.Missing("ipPermissions");
        }

        var tags = TagRules.Of(request, Kinds.RuleType);
        var added = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction => RuleChanges.Authorize(
                transaction, GroupLookup.Get(transaction, request.GroupId, request.GroupName), permissions, isEgress: false, tags, ids),
            cancellationToken);
        return new() { Return = true, SecurityGroupRules = added };
    }
}

[Operation]
internal sealed class AuthorizeSecurityGroupEgress(Ec2Store store, IIdSource ids)
    : IOperation<AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResponse>
{
    public async ValueTask<AuthorizeSecurityGroupEgressResponse> HandleAsync(
        AuthorizeSecurityGroupEgressRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var permissions = RuleChanges.Permissions(
            request.IpPermissions, request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp, request.SourceSecurityGroupName);
        if (permissions.Count == 0)
        {
            throw Ec2Errors.Missing("ipPermissions");
        }

        var tags = TagRules.Of(request, Kinds.RuleType);
        var added = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction => RuleChanges.Authorize(transaction, transaction.Get(Kinds.Group, request.GroupId), permissions, isEgress: true, tags, ids),
            cancellationToken);
        return new() { Return = true, SecurityGroupRules = added };
    }
}

[Operation]
internal sealed class RevokeSecurityGroupIngress(Ec2Store store)
    : IOperation<RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResponse>
{
    public async ValueTask<RevokeSecurityGroupIngressResponse> HandleAsync(
        RevokeSecurityGroupIngressRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var permissions = RuleChanges.Permissions(
            request.IpPermissions, request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp, request.SourceSecurityGroupName);
        if (permissions.Count == 0 && request.SecurityGroupRuleIds is not { Count: > 0 })
        {
            throw Ec2Errors.Missing("ipPermissions");
        }

        var (revoked, unknown) = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction => RuleChanges.Revoke(
                transaction,
                GroupLookup.Get(transaction, request.GroupId, request.GroupName),
                permissions,
                request.SecurityGroupRuleIds,
                isEgress: false),
            cancellationToken);
        return new() { Return = true, RevokedSecurityGroupRules = revoked, UnknownIpPermissions = unknown };
    }
}

[Operation]
internal sealed class RevokeSecurityGroupEgress(Ec2Store store) : IOperation<RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResponse>
{
    public async ValueTask<RevokeSecurityGroupEgressResponse> HandleAsync(
        RevokeSecurityGroupEgressRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var permissions = RuleChanges.Permissions(
            request.IpPermissions, request.IpProtocol, request.FromPort, request.ToPort, request.CidrIp, request.SourceSecurityGroupName);
        if (permissions.Count == 0 && request.SecurityGroupRuleIds is not { Count: > 0 })
        {
            throw Ec2Errors.Missing("ipPermissions");
        }

        var (revoked, unknown) = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction => RuleChanges.Revoke(
                transaction, transaction.Get(Kinds.Group, request.GroupId), permissions, request.SecurityGroupRuleIds, isEgress: true),
            cancellationToken);
        return new() { Return = true, RevokedSecurityGroupRules = revoked, UnknownIpPermissions = unknown };
    }
}
