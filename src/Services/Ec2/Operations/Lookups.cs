using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;

namespace Fogbank.Services.Ec2.Operations;

/// <summary>Security groups by what requests call them.</summary>
internal static class GroupLookup
{
    /// <summary>Ids of the default VPC's groups of these names.</summary>
    internal static async ValueTask<IReadOnlyList<string>> IdsByNameAsync(
        Ec2Store store, Scope scope, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var vpc = (await store.AllAsync(Kinds.Vpc, scope, cancellationToken)).FirstOrDefault(vpc => vpc.IsDefault) ?? throw Ec2Errors.NoDefaultVpc();
        var groups = (await store.AllAsync(Kinds.Group, scope, cancellationToken)).Where(group => group.VpcId == vpc.Id).ToDictionary(group => group.Name);
        return [.. names.Select(name => groups.GetValueOrDefault(name)?.Id ?? throw Ec2Errors.NoSuchGroupName(name, vpc.Id))];
    }

    /// <summary>The group of an id, or of a name in the default VPC.</summary>
    internal static GroupRecord Get(Ec2Transaction transaction, string? id, string? name)
    {
        if (id is not null)
        {
            return transaction.Get(Kinds.Group, id);
        }

        if (name is null)
        {
            throw Ec2Errors.Missing("groupName or groupId");
        }

        var vpc = DefaultVpc(transaction) ?? throw Ec2Errors.NoDefaultVpc();
        return transaction.All(Kinds.Group).FirstOrDefault(group => group.VpcId == vpc.Id && group.Name == name)
            ?? throw Ec2Errors.NoSuchGroupName(name, vpc.Id);
    }

    internal static VpcRecord? DefaultVpc(Ec2Transaction transaction) => transaction.All(Kinds.Vpc).FirstOrDefault(vpc => vpc.IsDefault);
}

/// <summary>Rules of security groups by their ids.</summary>
internal static class RuleLookup
{
    internal static void Check(string id)
    {
        if (!id.StartsWith(Kinds.RulePrefix, StringComparison.Ordinal))
        {
            throw Ec2Errors.Malformed(Ec2ErrorCodes.InvalidSecurityGroupRuleIdMalformed, id, Kinds.RulePrefix);
        }
    }

    internal static AwsException NotFound(IReadOnlyList<string> ids) =>
        Ec2Errors.NotFound(Ec2ErrorCodes.InvalidSecurityGroupRuleIdNotFound, "security group rule ID", ids);
}
