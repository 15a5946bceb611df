using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;

namespace Fogbank.Services.Ec2.Views;

/// <summary>Makes the wire shape of interfaces; holds what is read once for a list of them.</summary>
internal sealed class InterfaceView
{
    internal static readonly FilterSet<NetworkInterface> Filters = new(
        static card => card.TagSet,
        FilterSet<NetworkInterface>.Many("addresses.private-ip-address", static card => card.PrivateIpAddresses?.Select(address => address.PrivateIpAddress)),
        FilterSet<NetworkInterface>.Many("addresses.primary", static card => card.PrivateIpAddresses?.Select(address => address.Primary is true ? "true" : "false")),
        FilterSet<NetworkInterface>.Many("addresses.association.public-ip", static _ => null),
        FilterSet<NetworkInterface>.Many("addresses.association.owner-id", static _ => null),
        FilterSet<NetworkInterface>.Many("association.allocation-id", static _ => null),
        FilterSet<NetworkInterface>.Many("association.association-id", static _ => null),
        FilterSet<NetworkInterface>.Many("association.ip-owner-id", static _ => null),
        FilterSet<NetworkInterface>.Many("association.public-ip", static _ => null),
        FilterSet<NetworkInterface>.Many("association.public-dns-name", static _ => null),
        FilterSet<NetworkInterface>.One("attachment.attachment-id", static card => card.Attachment?.AttachmentId),
        FilterSet<NetworkInterface>.Flag("attachment.delete-on-termination", static card => card.Attachment?.DeleteOnTermination),
        FilterSet<NetworkInterface>.Number("attachment.device-index", static card => card.Attachment?.DeviceIndex),
        FilterSet<NetworkInterface>.One("attachment.instance-id", static card => card.Attachment?.InstanceId),
        FilterSet<NetworkInterface>.One("attachment.instance-owner-id", static card => card.Attachment?.InstanceOwnerId),
        FilterSet<NetworkInterface>.One("attachment.status", static card => card.Attachment?.Status),
        FilterSet<NetworkInterface>.One("availability-zone", static card => card.AvailabilityZone),
        FilterSet<NetworkInterface>.One("availability-zone-id", static card => card.AvailabilityZoneId),
        FilterSet<NetworkInterface>.One("description", static card => card.Description),
        FilterSet<NetworkInterface>.Many("group-id", static card => card.Groups?.Select(group => group.GroupId)),
        FilterSet<NetworkInterface>.Many("group-name", static card => card.Groups?.Select(group => group.GroupName)),
        FilterSet<NetworkInterface>.Many("ipv6-addresses.ipv6-address", static _ => null),
        FilterSet<NetworkInterface>.One("interface-type", static card => card.InterfaceType),
        FilterSet<NetworkInterface>.One("mac-address", static card => card.MacAddress),
        FilterSet<NetworkInterface>.One("network-interface-id", static card => card.NetworkInterfaceId),
        FilterSet<NetworkInterface>.Flag("operator.managed", static card => card.Operator?.Managed),
        FilterSet<NetworkInterface>.Many("operator.principal", static _ => null),
        FilterSet<NetworkInterface>.One("owner-id", static card => card.OwnerId),
        FilterSet<NetworkInterface>.One("private-dns-name", static card => card.PrivateDnsName),
        FilterSet<NetworkInterface>.One("private-ip-address", static card => card.PrivateIpAddress),
        FilterSet<NetworkInterface>.One("requester-id", static card => card.RequesterId),
        FilterSet<NetworkInterface>.Flag("requester-managed", static card => card.RequesterManaged),
        FilterSet<NetworkInterface>.Flag("source-dest-check", static card => card.SourceDestCheck),
        FilterSet<NetworkInterface>.One("status", static card => card.Status),
        FilterSet<NetworkInterface>.One("subnet-id", static card => card.SubnetId),
        FilterSet<NetworkInterface>.One("vpc-id", static card => card.VpcId));

    private readonly Scope _scope;
    private readonly Func<string, VpcRecord?> _findVpc;
    private readonly Func<string, GroupRecord?> _findGroup;

    private InterfaceView(Scope scope, Func<string, VpcRecord?> findVpc, Func<string, GroupRecord?> findGroup)
    {
        _scope = scope;
        _findVpc = findVpc;
        _findGroup = findGroup;
    }

    /// <summary>For interfaces of a transaction.</summary>
    internal static InterfaceView Of(Ec2Transaction transaction) =>
        new(transaction.Scope, id => transaction.Find(Kinds.Vpc, id), id => transaction.Find(Kinds.Group, id));

    /// <summary>For any number of interfaces.</summary>
    internal static async ValueTask<InterfaceView> OfAsync(Ec2Store store, Scope scope, CancellationToken cancellationToken)
    {
        var vpcs = (await store.AllAsync(Kinds.Vpc, scope, cancellationToken)).ToDictionary(vpc => vpc.Id);
        var groups = (await store.AllAsync(Kinds.Group, scope, cancellationToken)).ToDictionary(group => group.Id);
        return new(scope, vpcs.GetValueOrDefault, groups.GetValueOrDefault);
    }

    internal NetworkInterface From(InterfaceRecord card)
    {
        var hasNames = _findVpc(card.VpcId) is { EnableDnsHostnames: true, EnableDnsSupport: true };
        string? NameOf(string address) => hasNames ? $"ip-{address.Replace('.', '-')}.{Zones.DomainName(_scope.Region)}" : null;
        return new()
        {
            NetworkInterfaceId = card.Id,
            InterfaceType = NetworkInterfaceType.Interface,
            OwnerId = _scope.AccountId,
            VpcId = card.VpcId,
            SubnetId = card.SubnetId,
            AvailabilityZone = card.AvailabilityZone,
            AvailabilityZoneId = card.AvailabilityZoneId,
            Description = card.Description,
            MacAddress = card.MacAddress,
            PrivateIpAddress = card.Addresses[0],
            PrivateDnsName = NameOf(card.Addresses[0]),
            PrivateIpAddresses =
            [
                .. card.Addresses.Select((address, i) => new NetworkInterfacePrivateIpAddress
                {
                    Primary = i == 0,
                    PrivateIpAddress = address,
                    PrivateDnsName = NameOf(address),
                }),
            ],
            Ipv6Addresses = [],
            Groups = Groups(card),
            RequesterId = card.RequesterId,
            RequesterManaged = card.IsRequesterManaged,
            Operator = new() { Managed = false },
            SourceDestCheck = card.SourceDestCheck,
            Status = card.Attachment is null ? NetworkInterfaceStatus.Available : NetworkInterfaceStatus.InUse,
            Attachment = Attachment(card),
            TagSet = TagView.List(card.Tags),
        };
    }

    internal IReadOnlyList<GroupIdentifier> Groups(InterfaceRecord card) =>
        [.. card.GroupIds.Select(id => new GroupIdentifier { GroupId = id, GroupName = _findGroup(id)?.Name })];

    internal static NetworkInterfaceAttachment? Attachment(InterfaceRecord card) => card.Attachment is not { } attachment ? null : new()
    {
        AttachmentId = attachment.Id,
        AttachTime = attachment.AttachedAt,
        DeleteOnTermination = attachment.DeleteOnTermination,
        DeviceIndex = 1,
        NetworkCardIndex = 0,
        InstanceOwnerId = attachment.OwnerId,
        Status = AttachmentStatus.Attached,
    };
}
