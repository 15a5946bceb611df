using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class RuleView
{
    internal static readonly FilterSet<SecurityGroupRule> Filters = new(
        static rule => rule.Tags,
        FilterSet<SecurityGroupRule>.One("group-id", static rule => rule.GroupId),
        FilterSet<SecurityGroupRule>.One("security-group-rule-id", static rule => rule.SecurityGroupRuleId));

    internal static SecurityGroupRule From(RuleRecord rule, string groupId, Scope scope) => new()
    {
        SecurityGroupRuleId = rule.Id,
        SecurityGroupRuleArn = $"arn:aws:ec2:{scope.Region}:{scope.AccountId}:security-group-rule/{rule.Id}",
        GroupId = groupId,
        GroupOwnerId = scope.AccountId,
        IsEgress = rule.IsEgress,
        IpProtocol = rule.Protocol,
        FromPort = rule.FromPort,
        ToPort = rule.ToPort,
        CidrIpv4 = rule.CidrIpv4,
        CidrIpv6 = rule.CidrIpv6,
        ReferencedGroupInfo = rule.GroupId is null ? null : new() { GroupId = rule.GroupId, UserId = scope.AccountId },
        Description = rule.Description,
        Tags = TagView.List(rule.Tags),
    };

    internal static RevokedSecurityGroupRule Revoked(RuleRecord rule, string groupId) => new()
    {
        SecurityGroupRuleId = rule.Id,
        GroupId = groupId,
        IsEgress = rule.IsEgress,
        IpProtocol = rule.Protocol,
        FromPort = rule.FromPort,
        ToPort = rule.ToPort,
        CidrIpv4 = rule.CidrIpv4,
        CidrIpv6 = rule.CidrIpv6,
        ReferencedGroupId = rule.GroupId,
        Description = rule.Description,
    };
}
