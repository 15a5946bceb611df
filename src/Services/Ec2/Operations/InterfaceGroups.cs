using Fogbank.Services.Ec2.Store;

namespace Fogbank.Services.Ec2.Operations;

/// <summary>Which security groups an interface gets.</summary>
internal static class InterfaceGroups
{
    /// <param name="given">Null or empty for the VPC's default group.</param>
    internal static IReadOnlyList<string> Check(Ec2Transaction transaction, IReadOnlyList<string>? given, string vpcId)
    {
        if (given is not { Count: > 0 })
        {
            return [transaction.Get(Kinds.Vpc, vpcId).DefaultGroupId];
        }

        var ids = given.Distinct(StringComparer.Ordinal).ToList();
        if (ids.Count > Ec2Limits.GroupsPerInterface)
        {
            throw Ec2Errors.TooManyGroups();
        }

        return ids.TrueForAll(id => transaction.Get(Kinds.Group, id).VpcId == vpcId) ? ids : throw Ec2Errors.OtherNetwork();
    }
}
