using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class GatewayView
{
    internal static readonly FilterSet<InternetGateway> Filters = new(
        static gateway => gateway.Tags,
        FilterSet<InternetGateway>.Many("attachment.state", static gateway => gateway.Attachments?.Select(attachment => attachment.State)),
        FilterSet<InternetGateway>.Many("attachment.vpc-id", static gateway => gateway.Attachments?.Select(attachment => attachment.VpcId)),
        FilterSet<InternetGateway>.One("internet-gateway-id", static gateway => gateway.InternetGatewayId),
        FilterSet<InternetGateway>.One("owner-id", static gateway => gateway.OwnerId));

    internal static InternetGateway From(InternetGatewayRecord gateway, Scope scope) => new()
    {
        InternetGatewayId = gateway.Id,
        OwnerId = scope.AccountId,

        // AWS says so of gateways; it is in no enumeration of states.
        Attachments = [new() { State = "available", VpcId = gateway.VpcId }],
        Tags = TagView.List(gateway.Tags),
    };
}
