using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;

namespace Fogbank.Services.Ec2.Operations;

/// <summary>What the two directions of authorizing and of revoking have in common.</summary>
internal static class RuleChanges
{
    /// <summary>Adds rules; those that are there already are refused, and then none is added.</summary>
    internal static IReadOnlyList<SecurityGroupRule> Authorize(
        Ec2Transaction transaction,
        GroupRecord group,
        IReadOnlyList<IpPermission> permissions,
        bool isEgress,
        IReadOnlyDictionary<string, string> tags,
        IIdSource ids)
    {
        var rules = new List<RuleRecord>(group.Rules);
        var added = new List<RuleRecord>();
        foreach (var rule in RuleReader.Read(permissions, isEgress, pair => GroupOf(transaction, group, pair)))
        {
            if (rules.Exists(rule.IsSameAs))
            {
                throw Ec2Errors.RuleExists(rule);
            }

            var made = rule with { Id = Kinds.RulePrefix + ids.NewHex(17), Tags = tags };
            rules.Add(made);
            added.Add(made);
        }

        if (rules.Count(rule => rule.IsEgress == isEgress) > Ec2Limits.RulesPerDirection)
        {
            throw Ec2Errors.TooManyRules();
        }

        transaction.Put(Kinds.Group, group with { Rules = rules });
        return added.ConvertAll(rule => RuleView.From(rule, group.Id, transaction.Scope));
    }

    /// <summary>Removes rules, by id or by what they say.</summary>
    /// <returns>What is gone, and what was asked for and is not there; in a VPC that is not the default one the latter is refused.</returns>
    internal static (IReadOnlyList<RevokedSecurityGroupRule> Revoked, IReadOnlyList<IpPermission> Unknown) Revoke(
        Ec2Transaction transaction, GroupRecord group, IReadOnlyList<IpPermission> permissions, IReadOnlyList<string>? ruleIds, bool isEgress)
    {
        var rules = new List<RuleRecord>(group.Rules);
        var revoked = new List<RuleRecord>();
        foreach (var id in ruleIds ?? [])
        {
            RuleLookup.Check(id);
            var rule = rules.Find(rule => rule.Id == id && rule.IsEgress == isEgress) ?? throw RuleLookup.NotFound([id]);
            rules.Remove(rule);
            revoked.Add(rule);
        }

        var unknown = new List<RuleRecord>();
        foreach (var wanted in RuleReader.Read(permissions, isEgress, pair => GroupOf(transaction, group, pair)))
        {
            if (rules.Find(wanted.IsSameAs) is { } rule)
            {
                rules.Remove(rule);
                revoked.Add(rule);
            }
            else
            {
                unknown.Add(wanted);
            }
        }

        if (unknown.Count > 0 && transaction.Get(Kinds.Vpc, group.VpcId) is { IsDefault: false })
        {
            throw Ec2Errors.NoSuchRule();
        }

        transaction.Put(Kinds.Group, group with { Rules = rules });
        return (revoked.ConvertAll(rule => RuleView.Revoked(rule, group.Id)), GroupView.Permissions(unknown, transaction.Scope));
    }

    /// <summary>The rules of a request: a list, or the older form that has room for one source.</summary>
    internal static IReadOnlyList<IpPermission> Permissions(
        IReadOnlyList<IpPermission>? listed, string? protocol, int? from, int? to, string? cidr, string? groupName)
    {
        if (protocol is null && from is null && to is null && cidr is null && groupName is null)
        {
            return listed ?? [];
        }

        if (listed is { Count: > 0 })
        {
            throw Ec2Errors.Combination("ipPermissions", "ipProtocol");
        }

        return
        [
            new()
            {
                // With a group and nothing else all of it may pass.
                IpProtocol = protocol ?? (groupName is not null ? "-1" : throw Ec2Errors.Missing("ipProtocol")),
                FromPort = from,
                ToPort = to,
                IpRanges = cidr is null ? null : [new() { CidrIp = cidr }],
                UserIdGroupPairs = groupName is null ? null : [new() { GroupName = groupName }],
            },
        ];
    }

    /// <summary>Checks a group that a rule names: it must be of the same VPC.</summary>
    private static string GroupOf(Ec2Transaction transaction, GroupRecord group, UserIdGroupPair pair)
    {
        if (pair.UserId is { } owner && owner != transaction.Scope.AccountId)
        {
            throw Ec2Errors.NotSupported("security groups of other accounts in rules");
        }

        if (pair.VpcPeeringConnectionId is not null)
        {
            throw Ec2Errors.NotSupported("VPC peering in rules");
        }

        if (pair.GroupId is { } id)
        {
            return transaction.Get(Kinds.Group, id).VpcId == group.VpcId ? id : throw Ec2Errors.OtherNetwork();
        }

        var name = pair.GroupName ?? throw Ec2Errors.Missing("groupId");
        return transaction.All(Kinds.Group).FirstOrDefault(other => other.VpcId == group.VpcId && other.Name == name)?.Id
            ?? throw Ec2Errors.NoSuchGroupName(name, group.VpcId);
    }
}
