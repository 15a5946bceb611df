using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class DescribeSecurityGroups(Ec2Store store) : IOperation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResponse>
{
    public async ValueTask<DescribeSecurityGroupsResponse> HandleAsync(
        DescribeSecurityGroupsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var ids = request.GroupIds;
        if (request.GroupNames is { Count: > 0 } names)
        {
            // Names are those of the default VPC's groups.
            var named = await GroupLookup.IdsByNameAsync(store, context.Scope, names, cancellationToken);
            ids = [.. ids ?? [], .. named];
        }

        var (items, next) = await store.ListAsync(
            Kinds.Group, context, request, ids, "groupIds", GroupView.Filters, group => GroupView.From(group, context.Scope), cancellationToken);
        return new() { SecurityGroups = items, NextToken = next };
    }
}

[Operation]
internal sealed class DescribeSecurityGroupRules(Ec2Store store) : IOperation<DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResponse>
{
    public async ValueTask<DescribeSecurityGroupRulesResponse> HandleAsync(
        DescribeSecurityGroupRulesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var fits = RuleView.Filters.Compile(request.Filters);
        var groups = await store.AllAsync(Kinds.Group, context.Scope, cancellationToken);
        var rules = groups
            .SelectMany(group => group.Rules.Select(rule => RuleView.From(rule, group.Id, context.Scope)))
            .OrderBy(rule => rule.SecurityGroupRuleId, StringComparer.Ordinal);
        if (request.SecurityGroupRuleIds is not { Count: > 0 } ids)
        {
            Listing.CheckDryRun(request);
            var (items, next) = Listing.Page(rules.Where(fits), rule => rule.SecurityGroupRuleId!, request);
            return new() { SecurityGroupRules = items, NextToken = next };
        }

        Listing.RefuseBeside(request, "securityGroupRuleIds");
        var byId = rules.ToDictionary(rule => rule.SecurityGroupRuleId!);
        foreach (var id in ids)
        {
            RuleLookup.Check(id);
        }

        if (ids.Where(id => !byId.ContainsKey(id)).ToList() is { Count: > 0 } missing)
        {
            throw RuleLookup.NotFound(missing);
        }

        Listing.CheckDryRun(request);
        return new() { SecurityGroupRules = [.. ids.Distinct().Select(id => byId[id]).Where(fits)] };
    }
}
