using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class GroupView
{
    internal static readonly FilterSet<SecurityGroup> Filters = new(
        static group => group.Tags,
        [
            FilterSet<SecurityGroup>.One("description", static group => group.Description),
            FilterSet<SecurityGroup>.One("group-id", static group => group.GroupId),
            FilterSet<SecurityGroup>.One("group-name", static group => group.GroupName),
            FilterSet<SecurityGroup>.One("owner-id", static group => group.OwnerId),
            FilterSet<SecurityGroup>.One("vpc-id", static group => group.VpcId),
            .. PermissionFilters("ip-permission", static group => group.IpPermissions),
            .. PermissionFilters("egress.ip-permission", static group => group.IpPermissionsEgress),
        ]);

    internal static SecurityGroup From(GroupRecord group, Scope scope) => new()
    {
        GroupId = group.Id,
        GroupName = group.Name,
        Description = group.Description,
        SecurityGroupArn = ArnOf(group.Id, scope),
        OwnerId = scope.AccountId,
        VpcId = group.VpcId,
        IpPermissions = Permissions(group.Rules.Where(rule => !rule.IsEgress), scope),
        IpPermissionsEgress = Permissions(group.Rules.Where(rule => rule.IsEgress), scope),
        Tags = TagView.From(group.Tags),
    };

    internal static string ArnOf(string id, Scope scope) => $"arn:aws:ec2:{scope.Region}:{scope.AccountId}:security-group/{id}";

    /// <summary>Rules of the same protocol and ports stand together.</summary>
    internal static IReadOnlyList<IpPermission> Permissions(IEnumerable<RuleRecord> rules, Scope scope) =>
    [
        .. rules.GroupBy(rule => (rule.Protocol, rule.FromPort, rule.ToPort)).Select(rules => new IpPermission
        {
            IpProtocol = rules.Key.Protocol,
            FromPort = rules.Key.Protocol == "-1" ? null : rules.Key.FromPort,
            ToPort = rules.Key.Protocol == "-1" ? null : rules.Key.ToPort,
            UserIdGroupPairs =
            [
                .. rules.Where(rule => rule.GroupId is not null)
                    .Select(rule => new UserIdGroupPair { GroupId = rule.GroupId, UserId = scope.AccountId, Description = rule.Description }),
            ],
            IpRanges =
            [
                .. rules.Where(rule => rule.CidrIpv4 is not null)
                    .Select(rule => new IpRange { CidrIp = rule.CidrIpv4, Description = rule.Description }),
            ],
            Ipv6Ranges =
            [
                .. rules.Where(rule => rule.CidrIpv6 is not null)
                    .Select(rule => new Ipv6Range { CidrIpv6 = rule.CidrIpv6, Description = rule.Description }),
            ],
            PrefixListIds = [],
        }),
    ];

    private static IEnumerable<(string, Func<SecurityGroup, IEnumerable<string?>>)> PermissionFilters(
        string prefix, Func<SecurityGroup, IReadOnlyList<IpPermission>?> permissions)
    {
        (string, Func<SecurityGroup, IEnumerable<string?>>) Filter(string name, Func<IpPermission, IEnumerable<string?>?> values) =>
            FilterSet<SecurityGroup>.Many($"{prefix}.{name}", group => permissions(group)?.SelectMany(permission => values(permission) ?? []));

        yield return Filter("cidr", static permission => permission.IpRanges?.Select(range => range.CidrIp));
        yield return Filter("ipv6-cidr", static permission => permission.Ipv6Ranges?.Select(range => range.CidrIpv6));
        yield return Filter("from-port", static permission => [Text(permission.FromPort)]);
        yield return Filter("to-port", static permission => [Text(permission.ToPort)]);
        yield return Filter("protocol", static permission => [permission.IpProtocol]);
        yield return Filter("group-id", static permission => permission.UserIdGroupPairs?.Select(pair => pair.GroupId));
        yield return Filter("user-id", static permission => permission.UserIdGroupPairs?.Select(pair => pair.UserId));
        yield return Filter("prefix-list-id", static _ => null);
    }

    private static string? Text(int? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
