namespace Fogbank.Services.Ec2.Domain;

internal sealed record InterfaceRecord : ResourceRecord
{
    public required string SubnetId { get; init; }

    public required string VpcId { get; init; }

    public required string AvailabilityZone { get; init; }

    public required string AvailabilityZoneId { get; init; }

    public required string MacAddress { get; init; }

    /// <summary>The primary one first.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    public required IReadOnlyList<string> GroupIds { get; init; }

    public string Description { get; init; } = "";

    public bool SourceDestCheck { get; init; } = true;

    /// <summary>Who made it: a user's id, or a service's name among requesters.</summary>
    public required string RequesterId { get; init; }

    /// <summary>A service made it for a resource of its own: users can neither change nor delete it.</summary>
    public bool IsRequesterManaged { get; init; }

    /// <summary>Null where it is not attached.</summary>
    public AttachmentRecord? Attachment { get; init; }

    /// <summary>The token it was made with; null where there was none.</summary>
    public string? ClientToken { get; init; }
}

internal sealed record AttachmentRecord
{
    public required string Id { get; init; }

    public required DateTimeOffset AttachedAt { get; init; }

    /// <summary>Whose the machine is.</summary>
    public required string OwnerId { get; init; }

    public bool DeleteOnTermination { get; init; }
}
