namespace Fogbank.Services.Ecs.Domain;

/// <summary>What a task asked for of its network, and the interface it was given.</summary>
internal sealed record TaskNetwork
{
    public required IReadOnlyList<string> SubnetIds { get; init; }

    public IReadOnlyList<string> SecurityGroupIds { get; init; } = [];

    public bool AssignPublicIp { get; init; }

    /// <summary>Names the attachment for good, also before there is an interface.</summary>
    public required string AttachmentId { get; init; }

    /// <summary>In the words of the API: PRECREATED, ATTACHED, DELETED.</summary>
    public string AttachmentStatus { get; init; } = "PRECREATED";

    public TaskInterface? Interface { get; init; }
}

/// <summary>The elastic network interface of a task.</summary>
internal sealed record TaskInterface
{
    public required string Id { get; init; }

    public required string VpcId { get; init; }

    public required string SubnetId { get; init; }

    public required string AvailabilityZone { get; init; }

    public required string MacAddress { get; init; }

    public required string PrivateIp { get; init; }

    public required string PrivateDnsName { get; init; }

    /// <summary>All addresses of the network, <c>172.31.0.0/16</c>.</summary>
    public required string VpcRange { get; init; }

    /// <summary>Addresses of the subnet, <c>172.31.16.0/20</c>.</summary>
    public required string SubnetRange { get; init; }

    public required string Gateway { get; init; }

    /// <summary>Names the network on this machine.</summary>
    public required string Network { get; init; }

    /// <summary>A subnet's second address, which AWS keeps for the router.</summary>
    internal static string GatewayOf(string subnetRange)
    {
        var first = System.Net.IPNetwork.Parse(subnetRange).BaseAddress.GetAddressBytes();
        first[3]++;
        return new System.Net.IPAddress(first).ToString();
    }
}
