using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class DeleteNetworkInterface(Ec2Store store) : IOperation<DeleteNetworkInterfaceRequest, DeleteNetworkInterfaceResponse>
{
    public async ValueTask<DeleteNetworkInterfaceResponse> HandleAsync(
        DeleteNetworkInterfaceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                var card = transaction.Get(Kinds.Interface, request.NetworkInterfaceId);
                if (card.IsRequesterManaged ? context.Principal.Kind != PrincipalKind.Service : card.Attachment is not null)
                {
                    throw Ec2Errors.InterfaceInUse(card.Id);
                }

                AddressBook.Release(transaction, card);
                transaction.Delete(Kinds.Interface, card.Id);
                if (card.ClientToken is { Length: > 0 } token)
                {
                    transaction.Inner.Delete(Ec2Schema.Tokens, StoreKey.Of(context.Scope, "CreateNetworkInterface", token));
                }
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ModifyNetworkInterfaceAttribute(Ec2Store store)
    : IOperation<ModifyNetworkInterfaceAttributeRequest, ModifyNetworkInterfaceAttributeResponse>
{
    public async ValueTask<ModifyNetworkInterfaceAttributeResponse> HandleAsync(
        ModifyNetworkInterfaceAttributeRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Refuse(request);
        await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                var card = transaction.Get(Kinds.Interface, request.NetworkInterfaceId);
                if (card.IsRequesterManaged && context.Principal.Kind != PrincipalKind.Service)
                {
                    throw Ec2Errors.NotYours();
                }

                transaction.Put(Kinds.Interface, card with
                {
                    Description = request.Description is { } description ? description.Value ?? "" : card.Description,
                    SourceDestCheck = request.SourceDestCheck?.Value ?? card.SourceDestCheck,
                    GroupIds = request.Groups is { Count: > 0 } ? InterfaceGroups.Check(transaction, request.Groups, card.VpcId) : card.GroupIds,
                });
            },
            cancellationToken);
        return new();
    }

    private static void Refuse(ModifyNetworkInterfaceAttributeRequest request)
    {
        var refused = request.AssociatePublicIpAddress is not null ? "associatePublicIpAddress"
            : request.ConnectionTrackingSpecification is not null ? "connectionTrackingSpecification"
            : request.EnablePrimaryIpv6 is true ? "enablePrimaryIpv6"
            : request.EnaSrdSpecification is not null ? "enaSrdSpecification"
            : request.AssociatedSubnetIds is { Count: > 0 } ? "associatedSubnetIds"
            : request.Attachment is not null ? "attachment"
            : null;
        if (refused is not null)
        {
            throw Ec2Errors.NotSupported(refused);
        }

        if (request.Description is null && request.SourceDestCheck is null && request.Groups is not { Count: > 0 })
        {
            throw new AwsException(Ec2ErrorCodes.InvalidParameterCombination, "No attributes specified.");
        }
    }
}

[Operation]
internal sealed class DescribeNetworkInterfaceAttribute(Ec2Store store)
    : IOperation<DescribeNetworkInterfaceAttributeRequest, DescribeNetworkInterfaceAttributeResponse>
{
    public async ValueTask<DescribeNetworkInterfaceAttributeResponse> HandleAsync(
        DescribeNetworkInterfaceAttributeRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var card = await store.GetAsync(Kinds.Interface, context.Scope, request.NetworkInterfaceId, cancellationToken);
        var view = await InterfaceView.OfAsync(store, context.Scope, cancellationToken);
        Listing.CheckDryRun(request);
        return request.Attribute switch
        {
            NetworkInterfaceAttribute.Description => new() { NetworkInterfaceId = card.Id, Description = new() { Value = card.Description } },
            NetworkInterfaceAttribute.GroupSet => new() { NetworkInterfaceId = card.Id, Groups = view.Groups(card) },
            NetworkInterfaceAttribute.SourceDestCheck => new() { NetworkInterfaceId = card.Id, SourceDestCheck = new() { Value = card.SourceDestCheck } },
            NetworkInterfaceAttribute.Attachment => new() { NetworkInterfaceId = card.Id, Attachment = InterfaceView.Attachment(card) },
            null => throw new AwsException(Ec2ErrorCodes.InvalidParameterCombination, "No attributes specified."),
            _ => new() { NetworkInterfaceId = card.Id, AssociatePublicIpAddress = false },
        };
    }
}
