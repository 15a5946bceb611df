namespace Fogbank.Services.Ec2.Domain;

internal sealed record GroupRecord : ResourceRecord
{
    internal const string DefaultName = "default";

    public required string VpcId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public IReadOnlyList<RuleRecord> Rules { get; init; } = [];
}

/// <summary>A rule of a security group: one source or destination.</summary>
internal sealed record RuleRecord
{
    public required string Id { get; init; }

    public bool IsEgress { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, <c>icmp</c>, <c>icmpv6</c>, a number, or <c>-1</c> for all.</summary>
    public required string Protocol { get; init; }

    /// <summary>The first port, or the ICMP type; -1 for all.</summary>
    public int FromPort { get; init; } = -1;

    /// <summary>The last port, or the ICMP code; -1 for all.</summary>
    public int ToPort { get; init; } = -1;

    public string? CidrIpv4 { get; init; }

    public string? CidrIpv6 { get; init; }

    /// <summary>A group of the same VPC.</summary>
    public string? GroupId { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ResourceRecord.NoTags;

    /// <summary>Whether both let the same pass.</summary>
    internal bool IsSameAs(RuleRecord other) =>
        (IsEgress, Protocol, FromPort, ToPort, CidrIpv4, CidrIpv6, GroupId)
        == (other.IsEgress, other.Protocol, other.FromPort, other.ToPort, other.CidrIpv4, other.CidrIpv6, other.GroupId);

    /// <summary>As AWS's errors describe it.</summary>
    public override string ToString()
    {
        var peer = CidrIpv4 ?? CidrIpv6 ?? GroupId;
        return Protocol switch
        {
            "-1" => $"peer: {peer}, ALL, ALLOW",
            "icmp" or "icmpv6" => FormattableString.Invariant($"peer: {peer}, {Protocol.ToUpperInvariant()}, type: {FromPort}, code: {ToPort}, ALLOW"),
            _ => FormattableString.Invariant($"peer: {peer}, {Protocol.ToUpperInvariant()}, from port: {FromPort}, to port: {ToPort}, ALLOW"),
        };
    }
}
