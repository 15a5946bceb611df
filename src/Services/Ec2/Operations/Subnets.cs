using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class CreateSubnet(Ec2Store store, IIdSource ids) : IOperation<CreateSubnetRequest, CreateSubnetResponse>
{
    private const int Largest = 16;
    private const int Smallest = 28;

    public async ValueTask<CreateSubnetResponse> HandleAsync(CreateSubnetRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Refuse(request);
        var text = request.CidrBlock ?? throw Ec2Errors.Missing("cidrBlock");
        if (!Cidr.TryParse(text, out var range))
        {
            throw Ec2Errors.NotACidr(text, "cidrBlock");
        }

        var zone = ZoneOf(request, context.Region);
        var tags = TagRules.Of(request, Kinds.Subnet.Type);
        var subnet = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                var vpc = transaction.Get(Kinds.Vpc, request.VpcId);
                if (range.Bits is < Largest or > Smallest || !Cidr.Parse(vpc.CidrBlock).Contains(range))
                {
                    throw Ec2Errors.SubnetRange(text);
                }

                if (transaction.All(Kinds.Subnet).Any(other => other.VpcId == vpc.Id && Cidr.Parse(other.CidrBlock).Overlaps(range)))
                {
                    throw Ec2Errors.SubnetConflict(text);
                }

                var made = new SubnetRecord
                {
                    Id = Kinds.Subnet.NewId(ids),
                    VpcId = vpc.Id,
                    CidrBlock = range.ToString(),
                    AvailabilityZone = Zones.Name(context.Region, zone),
                    AvailabilityZoneId = Zones.Id(context.Region, zone),
                    AclAssociationId = "aclassoc-" + ids.NewHex(17),
                    Tags = tags,
                };
                transaction.Put(Kinds.Subnet, made);
                return made;
            },
            cancellationToken);
        return new() { Subnet = SubnetView.From(subnet, context.Scope) };
    }

    private static int ZoneOf(CreateSubnetRequest request, string region)
    {
        var index = request switch
        {
            { AvailabilityZone: { } name } => Zones.IndexOfName(region, name),
            { AvailabilityZoneId: { } id } => Zones.IndexOfId(region, id),
            _ => 0,
        };
        return index >= 0 ? index : throw Ec2Errors.UnknownZone(request.AvailabilityZone ?? request.AvailabilityZoneId!, region);
    }

    private static void Refuse(CreateSubnetRequest request)
    {
        if (request.Ipv6CidrBlock is not null || request.Ipv6Native is true || request.Ipv6IpamPoolId is not null)
        {
            throw Ec2Errors.NotSupported("IPv6 in subnets");
        }

        if (request.Ipv4IpamPoolId is not null || request.Ipv4NetmaskLength is not null)
        {
            throw Ec2Errors.NotSupported("IPAM pools");
        }

        if (request.OutpostArn is not null)
        {
            throw Ec2Errors.NotSupported("outpostArn");
        }
    }
}

[Operation]
internal sealed class DeleteSubnet(Ec2Store store) : IOperation<DeleteSubnetRequest, DeleteSubnetResponse>
{
    public async ValueTask<DeleteSubnetResponse> HandleAsync(DeleteSubnetRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                var subnet = transaction.Get(Kinds.Subnet, request.SubnetId);
                if (subnet.Used > 0)
                {
                    throw Ec2Errors.HasDependencies("subnet", subnet.Id);
                }

                transaction.Delete(Kinds.Subnet, subnet.Id);
            },
            cancellationToken);
        return new();
    }
}
