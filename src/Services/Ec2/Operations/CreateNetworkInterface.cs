using System.Security.Cryptography;
using System.Text;
using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Operations;

/// <summary>
/// Makes an interface. One that another service makes is attached from the beginning, and is that service's alone to change and to delete.
/// </summary>
[Operation]
internal sealed class CreateNetworkInterface(Ec2Store store, IIdSource ids, TimeProvider time)
    : IOperation<CreateNetworkInterfaceRequest, CreateNetworkInterfaceResponse>
{
    public async ValueTask<CreateNetworkInterfaceResponse> HandleAsync(
        CreateNetworkInterfaceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Refuse(request);
        if (request.Description is { Length: > Ec2Limits.DescriptionLength })
        {
            throw Ec2Errors.InvalidValue(request.Description, "description", $"The value must be at most {Ec2Limits.DescriptionLength} characters long.");
        }

        var tags = TagRules.Of(request, Kinds.Interface.Type);
        var (wanted, count) = Addresses(request);
        var token = request.ClientToken ?? context.IdempotencyKey;
        var digest = Digest(request);
        var now = time.GetUtcNow();
        var made = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                StoreKey? row = token is { Length: > 0 } ? StoreKey.Of(context.Scope, "CreateNetworkInterface", token) : null;
                if (row is { } key && transaction.Inner.Get(Ec2Schema.Tokens, key).Value is { } earlier)
                {
                    return earlier.Request == digest
                        ? InterfaceView.Of(transaction).From(transaction.Get(Kinds.Interface, earlier.ResourceId))
                        : throw Ec2Errors.TokenReused();
                }

                var subnet = transaction.Get(Kinds.Subnet, request.SubnetId);
                var card = Make(transaction, request, context, subnet, wanted, count, now) with { Tags = tags, ClientToken = token };
                transaction.Put(Kinds.Interface, card);
                if (row is { } fresh)
                {
                    transaction.Inner.Put(Ec2Schema.Tokens, fresh, new TokenRecord(card.Id, digest));
                }

                return InterfaceView.Of(transaction).From(card);
            },
            cancellationToken);
        return new() { NetworkInterface = made, ClientToken = request.ClientToken };
    }

    private InterfaceRecord Make(
        Ec2Transaction transaction,
        CreateNetworkInterfaceRequest request,
        RequestContext context,
        SubnetRecord subnet,
        IReadOnlyList<string> wanted,
        int count,
        DateTimeOffset now)
    {
        var id = Kinds.Interface.NewId(ids);
        var service = context.Principal.Kind == PrincipalKind.Service ? context.Principal.Arn : null;
        var groups = InterfaceGroups.Check(transaction, request.Groups, subnet.VpcId);
        return new()
        {
            Id = id,
            SubnetId = subnet.Id,
            VpcId = subnet.VpcId,
            AvailabilityZone = subnet.AvailabilityZone,
            AvailabilityZoneId = subnet.AvailabilityZoneId,
            MacAddress = NewMac(),
            Addresses = AddressBook.Take(transaction, subnet, id, wanted, count),
            GroupIds = groups,
            Description = request.Description ?? "",
            RequesterId = service is null ? context.Principal.UserId : Requester(service),
            IsRequesterManaged = service is not null,
            Attachment = service is null
                ? null
                : new() { Id = "eni-attach-" + ids.NewHex(17), AttachedAt = now, OwnerId = Requester(service) },
        };
    }

    /// <summary><c>ecs.amazonaws.com</c> is <c>amazon-ecs</c> among requesters.</summary>
    private static string Requester(string service) => $"amazon-{service.Split('.')[0]}";

    /// <summary>A unicast address of local administration, as AWS's begin.</summary>
    private string NewMac()
    {
        var digits = ids.NewHex(10);
        return $"02:{digits[..2]}:{digits[2..4]}:{digits[4..6]}:{digits[6..8]}:{digits[8..]}";
    }

    /// <summary>The addresses that were asked for, the primary one first where it is named, and how many are wanted in all.</summary>
    private static (IReadOnlyList<string> Wanted, int Count) Addresses(CreateNetworkInterfaceRequest request)
    {
        var secondary = request.SecondaryPrivateIpAddressCount ?? 0;
        if (secondary < 0)
        {
            throw Ec2Errors.InvalidValue(secondary.ToString(System.Globalization.CultureInfo.InvariantCulture), "secondaryPrivateIpAddressCount", "It must not be negative.");
        }

        var listed = request.PrivateIpAddresses ?? [];
        if (listed.Any(address => address.PrivateIpAddress is null))
        {
            throw Ec2Errors.Missing("privateIpAddresses.privateIpAddress");
        }

        if (listed.Count(address => address.Primary is true) + (request.PrivateIpAddress is null ? 0 : 1) > 1)
        {
            throw Ec2Errors.Invalid("Only one primary private IP address can be specified.");
        }

        if (secondary > 0 && listed.Any(address => address.Primary is not true))
        {
            throw Ec2Errors.Combination("privateIpAddresses", "secondaryPrivateIpAddressCount");
        }

        var primary = request.PrivateIpAddress ?? listed.FirstOrDefault(address => address.Primary is true)?.PrivateIpAddress;
        var others = listed.Where(address => address.Primary is not true).Select(address => address.PrivateIpAddress!).ToList();
        if (primary is null && others.Count > 0)
        {
            throw Ec2Errors.Invalid("A primary private IP address must be specified beside secondary ones.");
        }

        IReadOnlyList<string> wanted = primary is null ? [] : [primary, .. others];
        var count = 1 + others.Count + secondary;
        return count <= Ec2Limits.AddressesPerInterface ? (wanted, count) : throw Ec2Errors.TooManyAddresses();
    }

    /// <summary>Tells a repetition from another request that comes with the same token.</summary>
    private static string Digest(CreateNetworkInterfaceRequest request) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n',
        request.SubnetId,
        request.Description,
        request.PrivateIpAddress,
        request.SecondaryPrivateIpAddressCount,
        string.Join(',', request.Groups ?? []),
        string.Join(',', request.PrivateIpAddresses?.Select(address => $"{address.PrivateIpAddress}/{address.Primary}") ?? [])))));

    private static void Refuse(CreateNetworkInterfaceRequest request)
    {
        var refused =
            request.Ipv6AddressCount > 0 || request.Ipv6Addresses is { Count: > 0 } || request.EnablePrimaryIpv6 is true ? "IPv6 on interfaces"
            : request.Ipv4PrefixCount > 0 || request.Ipv4Prefixes is { Count: > 0 } || request.Ipv6PrefixCount > 0 || request.Ipv6Prefixes is { Count: > 0 } ? "prefixes on interfaces"
            : request.InterfaceType is not (null or NetworkInterfaceType.Interface) ? $"interfaceType {request.InterfaceType}"
            : request.ConnectionTrackingSpecification is not null ? "connectionTrackingSpecification"
            : request.Operator is not null ? "operator"
            : null;
        if (refused is not null)
        {
            throw Ec2Errors.NotSupported(refused);
        }
    }
}
