using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class RouteTableView
{
    internal static readonly FilterSet<RouteTable> Filters = new(
        static table => table.Tags,
        FilterSet<RouteTable>.Many("association.gateway-id", static _ => null),
        FilterSet<RouteTable>.Many("association.route-table-association-id", static table => table.Associations?.Select(set => set.RouteTableAssociationId)),
        FilterSet<RouteTable>.Many("association.route-table-id", static table => table.Associations?.Select(set => set.RouteTableId)),
        FilterSet<RouteTable>.Many("association.subnet-id", static table => table.Associations?.Select(set => set.SubnetId)),
        FilterSet<RouteTable>.Many("association.main", static table => table.Associations?.Select(set => set.Main is true ? "true" : "false")),
        FilterSet<RouteTable>.One("owner-id", static table => table.OwnerId),
        FilterSet<RouteTable>.One("route-table-id", static table => table.RouteTableId),
        FilterSet<RouteTable>.Many("route.destination-cidr-block", static table => table.Routes?.Select(route => route.DestinationCidrBlock)),
        FilterSet<RouteTable>.Many("route.destination-ipv6-cidr-block", static _ => null),
        FilterSet<RouteTable>.Many("route.destination-prefix-list-id", static _ => null),
        FilterSet<RouteTable>.Many("route.egress-only-internet-gateway-id", static _ => null),
        FilterSet<RouteTable>.Many("route.gateway-id", static table => table.Routes?.Select(route => route.GatewayId)),
        FilterSet<RouteTable>.Many("route.instance-id", static _ => null),
        FilterSet<RouteTable>.Many("route.nat-gateway-id", static _ => null),
        FilterSet<RouteTable>.Many("route.transit-gateway-id", static _ => null),
        FilterSet<RouteTable>.Many("route.origin", static table => table.Routes?.Select(route => route.Origin)),
        FilterSet<RouteTable>.Many("route.state", static table => table.Routes?.Select(route => route.State)),
        FilterSet<RouteTable>.Many("route.vpc-peering-connection-id", static _ => null),
        FilterSet<RouteTable>.One("vpc-id", static table => table.VpcId));

    internal static RouteTable From(RouteTableRecord table, VpcRecord? vpc, Scope scope) => new()
    {
        RouteTableId = table.Id,
        VpcId = table.VpcId,
        OwnerId = scope.AccountId,
        Associations =
        [
            new()
            {
                Main = true,
                RouteTableAssociationId = table.AssociationId,
                RouteTableId = table.Id,
                AssociationState = new() { State = RouteTableAssociationStateCode.Associated },
            },
        ],
        PropagatingVgws = [],
        Routes = vpc is null ? [] : Routes(vpc),
        Tags = TagView.List(table.Tags),
    };

    // A VPC that went away meanwhile has no routes to tell of.
    private static IReadOnlyList<Route> Routes(VpcRecord vpc)
    {
        var local = Route(vpc.CidrBlock, "local", RouteOrigin.CreateRouteTable);
        return vpc.InternetGatewayId is { } gateway ? [local, Route("0.0.0.0/0", gateway, RouteOrigin.CreateRoute)] : [local];
    }

    private static Route Route(string destination, string gateway, string origin) =>
        new() { DestinationCidrBlock = destination, GatewayId = gateway, Origin = origin, State = RouteState.Active };
}
