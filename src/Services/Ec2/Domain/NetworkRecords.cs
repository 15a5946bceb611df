namespace Fogbank.Services.Ec2.Domain;

internal sealed record VpcRecord : ResourceRecord
{
    public required string CidrBlock { get; init; }

    public required string CidrAssociationId { get; init; }

    public bool IsDefault { get; init; }

    public required string DhcpOptionsId { get; init; }

    /// <summary>The group of interfaces that name none.</summary>
    public required string DefaultGroupId { get; init; }

    public required string RouteTableId { get; init; }

    public required string NetworkAclId { get; init; }

    /// <summary>Null where it has none.</summary>
    public string? InternetGatewayId { get; init; }

    public bool EnableDnsSupport { get; init; } = true;

    /// <summary>Interfaces have a private DNS name.</summary>
    public bool EnableDnsHostnames { get; init; }
}

internal sealed record SubnetRecord : ResourceRecord
{
    public required string VpcId { get; init; }

    public required string CidrBlock { get; init; }

    public required string AvailabilityZone { get; init; }

    public required string AvailabilityZoneId { get; init; }

    /// <summary>Stands for its zone where a caller names no subnet.</summary>
    public bool IsDefault { get; init; }

    public bool MapPublicIpOnLaunch { get; init; }

    /// <summary>Names its place in the network ACL of its VPC.</summary>
    public required string AclAssociationId { get; init; }

    /// <summary>How many addresses interfaces have.</summary>
    public int Used { get; init; }

    /// <summary>The address that was given last: the search for the next begins behind it, so that an address is not given again at once.</summary>
    public long Cursor { get; init; }
}

/// <summary>A VPC's main route table; the others cannot be made yet.</summary>
internal sealed record RouteTableRecord : ResourceRecord
{
    public required string VpcId { get; init; }

    public required string AssociationId { get; init; }
}

/// <summary>A VPC's default network ACL; the others cannot be made yet.</summary>
internal sealed record NetworkAclRecord : ResourceRecord
{
    public required string VpcId { get; init; }
}

internal sealed record InternetGatewayRecord : ResourceRecord
{
    public required string VpcId { get; init; }
}

internal sealed record DhcpOptionsRecord : ResourceRecord
{
    public required string DomainName { get; init; }
}

/// <summary>What has been made for an account in a region.</summary>
/// <param name="DhcpOptionsId">The options of every VPC.</param>
internal sealed record AccountRecord(string DhcpOptionsId);

/// <summary>An address that is taken.</summary>
internal sealed record AddressRecord(string InterfaceId);

/// <summary>What a client token made.</summary>
/// <param name="ResourceId">It lives as long as this.</param>
/// <param name="Request">Digest of the request.</param>
internal sealed record TokenRecord(string ResourceId, string Request);
