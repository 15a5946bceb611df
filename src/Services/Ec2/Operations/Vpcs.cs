using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class CreateVpc(Ec2Store store, IIdSource ids) : IOperation<CreateVpcRequest, CreateVpcResponse>
{
    private const int Largest = 16;
    private const int Smallest = 28;

    public async ValueTask<CreateVpcResponse> HandleAsync(CreateVpcRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Refuse(request);
        var text = request.CidrBlock ?? throw Ec2Errors.Missing("cidrBlock");
        if (!Cidr.TryParse(text, out var range))
        {
            throw Ec2Errors.NotACidr(text, "cidrBlock");
        }

        if (range.Bits is < Largest or > Smallest)
        {
            throw Ec2Errors.VpcRange(text);
        }

        var tags = TagRules.Of(request, Kinds.Vpc.Type);
        var vpc = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction => VpcBuilder.Build(
                transaction, range, transaction.Inner.Get(Ec2Schema.Accounts, Fogbank.Store.StoreKey.Of(context.Scope)).Value!.DhcpOptionsId, tags, ids),
            cancellationToken);
        return new() { Vpc = VpcView.From(vpc, context.Scope) };
    }

    private static void Refuse(CreateVpcRequest request)
    {
        if (request.AmazonProvidedIpv6CidrBlock is true || request.Ipv6CidrBlock is not null || request.Ipv6Pool is not null || request.Ipv6IpamPoolId is not null)
        {
            throw Ec2Errors.NotSupported("IPv6 in VPCs");
        }

        if (request.Ipv4IpamPoolId is not null || request.Ipv4NetmaskLength is not null)
        {
            throw Ec2Errors.NotSupported("IPAM pools");
        }

        if (request.InstanceTenancy is not (null or Tenancy.Default))
        {
            throw Ec2Errors.NotSupported("instanceTenancy");
        }

        if (request.VpcEncryptionControl is not null)
        {
            throw Ec2Errors.NotSupported("vpcEncryptionControl");
        }
    }
}

[Operation]
internal sealed class CreateDefaultVpc(Ec2Store store, IIdSource ids) : IOperation<CreateDefaultVpcRequest, CreateDefaultVpcResponse>
{
    public async ValueTask<CreateDefaultVpcResponse> HandleAsync(
        CreateDefaultVpcRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var vpc = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction => GroupLookup.DefaultVpc(transaction) is not null
                ? throw Ec2Errors.DefaultVpcExists()
                : VpcBuilder.BuildDefault(
                    transaction, transaction.Inner.Get(Ec2Schema.Accounts, Fogbank.Store.StoreKey.Of(context.Scope)).Value!.DhcpOptionsId, ids),
            cancellationToken);
        return new() { Vpc = VpcView.From(vpc, context.Scope) };
    }
}

[Operation]
internal sealed class DeleteVpc(Ec2Store store) : IOperation<DeleteVpcRequest, DeleteVpcResponse>
{
    public async ValueTask<DeleteVpcResponse> HandleAsync(DeleteVpcRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                var vpc = transaction.Get(Kinds.Vpc, request.VpcId);
                if (transaction.All(Kinds.Subnet).Any(subnet => subnet.VpcId == vpc.Id)
                    || transaction.All(Kinds.Group).Any(group => group.VpcId == vpc.Id && group.Id != vpc.DefaultGroupId))
                {
                    throw Ec2Errors.HasDependencies("vpc", vpc.Id);
                }

                transaction.Delete(Kinds.Vpc, vpc.Id);
                transaction.Delete(Kinds.Group, vpc.DefaultGroupId);
                transaction.Delete(Kinds.RouteTable, vpc.RouteTableId);
                transaction.Delete(Kinds.NetworkAcl, vpc.NetworkAclId);
                if (vpc.InternetGatewayId is { } gateway)
                {
                    // Gateways cannot be detached yet, so a default VPC takes its own along.
                    transaction.Delete(Kinds.InternetGateway, gateway);
                }
            },
            cancellationToken);
        return new();
    }
}
