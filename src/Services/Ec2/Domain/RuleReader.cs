using System.Net;
using System.Net.Sockets;

namespace Fogbank.Services.Ec2.Domain;

/// <summary>Turns what a request says of rules into rules, one for each source or destination.</summary>
internal static class RuleReader
{
    private static readonly Dictionary<string, string> s_numbers = new() { ["6"] = "tcp", ["17"] = "udp", ["1"] = "icmp", ["58"] = "icmpv6" };

    /// <summary>Rules without ids.</summary>
    /// <param name="permissions">What is asked for; groups are named by id, or by name, which <paramref name="groupOf"/> turns into an id.</param>
    /// <param name="groupOf">Checks a group: it must exist.</param>
    internal static IReadOnlyList<RuleRecord> Read(
        IReadOnlyList<IpPermission> permissions, bool isEgress, Func<UserIdGroupPair, string> groupOf)
    {
        var rules = new List<RuleRecord>();
        foreach (var permission in permissions)
        {
            if (permission.PrefixListIds is { Count: > 0 })
            {
                throw Ec2Errors.NotSupported("prefix lists in rules");
            }

            var pattern = Pattern(permission, isEgress);
            var before = rules.Count;
            rules.AddRange((permission.IpRanges ?? []).Select(range => pattern with { CidrIpv4 = Ipv4(range.CidrIp), Description = Text(range.Description) }));
            rules.AddRange((permission.Ipv6Ranges ?? []).Select(range => pattern with { CidrIpv6 = Ipv6(range.CidrIpv6), Description = Text(range.Description) }));
            rules.AddRange((permission.UserIdGroupPairs ?? []).Select(pair => pattern with { GroupId = groupOf(pair), Description = Text(pair.Description) }));
            if (rules.Count == before)
            {
                throw new AwsException(
                    Ec2ErrorCodes.MissingParameter, "Missing source specification: include source security group or CIDR information");
            }
        }

        return rules;
    }

    private static RuleRecord Pattern(IpPermission permission, bool isEgress)
    {
        var protocol = ProtocolOf(permission.IpProtocol ?? throw Ec2Errors.Missing("ipProtocol"));
        var (from, to) = protocol switch
        {
            "tcp" or "udp" => Ports(permission),
            "icmp" or "icmpv6" => IcmpType(permission),
            _ => (-1, -1),
        };
        return new() { Id = "", IsEgress = isEgress, Protocol = protocol, FromPort = from, ToPort = to };
    }

    private static string ProtocolOf(string given)
    {
        var protocol = s_numbers.GetValueOrDefault(given, given.ToLowerInvariant());
        return protocol switch
        {
            "tcp" or "udp" or "icmp" or "icmpv6" or "-1" => protocol,
            "all" => "-1",
            _ => byte.TryParse(protocol, out _) ? protocol : throw Ec2Errors.Invalid($"Invalid value '{given}' for IP protocol. Unknown protocol."),
        };
    }

    private static (int From, int To) Ports(IpPermission permission)
    {
        if (permission is not { FromPort: { } from, ToPort: { } to })
        {
            throw Ec2Errors.Invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
        }

        if (from == -1 && to == -1)
        {
            return (0, ushort.MaxValue);
        }

        return from is < 0 or > ushort.MaxValue || to is < 0 or > ushort.MaxValue || from > to
            ? throw Ec2Errors.Invalid(FormattableString.Invariant($"Invalid TCP/UDP port range ({from}:{to})"))
            : (from, to);
    }

    private static (int Type, int Code) IcmpType(IpPermission permission)
    {
        var (type, code) = (permission.FromPort ?? -1, permission.ToPort ?? -1);
        return type is < -1 or > 255 || code is < -1 or > 255 || (type == -1 && code != -1)
            ? throw Ec2Errors.Invalid(FormattableString.Invariant($"ICMP code ({code}) or type ({type}) out of range"))
            : (type, code);
    }

    private static string Ipv4(string? text) => Cidr.TryParse(text, out var cidr) ? cidr.ToString() : throw NotABlock(text);

    private static string Ipv6(string? text) =>
        IPNetwork.TryParse(text, out var network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            ? network.ToString()
            : throw NotABlock(text);

    private static AwsException NotABlock(string? text) => Ec2Errors.Invalid($"CIDR block {text} is malformed");

    private static string? Text(string? description) =>
        description is { Length: > Ec2Limits.DescriptionLength }
            ? throw Ec2Errors.Invalid("Invalid rule description. Rule descriptions can have at most 255 characters.")
            : description is "" ? null : description;
}
