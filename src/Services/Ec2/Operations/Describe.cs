using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class DescribeVpcs(Ec2Store store) : IOperation<DescribeVpcsRequest, DescribeVpcsResponse>
{
    public async ValueTask<DescribeVpcsResponse> HandleAsync(DescribeVpcsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (items, next) = await store.ListAsync(
            Kinds.Vpc, context, request, request.VpcIds, "vpcIds", VpcView.Filters, vpc => VpcView.From(vpc, context.Scope), cancellationToken);
        return new() { Vpcs = items, NextToken = next };
    }
}

[Operation]
internal sealed class DescribeSubnets(Ec2Store store) : IOperation<DescribeSubnetsRequest, DescribeSubnetsResponse>
{
    public async ValueTask<DescribeSubnetsResponse> HandleAsync(
        DescribeSubnetsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (items, next) = await store.ListAsync(
            Kinds.Subnet, context, request, request.SubnetIds, "subnetIds", SubnetView.Filters, subnet => SubnetView.From(subnet, context.Scope), cancellationToken);
        return new() { Subnets = items, NextToken = next };
    }
}

[Operation]
internal sealed class DescribeNetworkInterfaces(Ec2Store store) : IOperation<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResponse>
{
    public async ValueTask<DescribeNetworkInterfacesResponse> HandleAsync(
        DescribeNetworkInterfacesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var view = await InterfaceView.OfAsync(store, context.Scope, cancellationToken);
        var (items, next) = await store.ListAsync(
            Kinds.Interface, context, request, request.NetworkInterfaceIds, "networkInterfaceIds", InterfaceView.Filters, view.From, cancellationToken);
        return new() { NetworkInterfaces = items, NextToken = next };
    }
}

[Operation]
internal sealed class DescribeRouteTables(Ec2Store store) : IOperation<DescribeRouteTablesRequest, DescribeRouteTablesResponse>
{
    public async ValueTask<DescribeRouteTablesResponse> HandleAsync(
        DescribeRouteTablesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var vpcs = (await store.AllAsync(Kinds.Vpc, context.Scope, cancellationToken)).ToDictionary(vpc => vpc.Id);
        var (items, next) = await store.ListAsync(
            Kinds.RouteTable, context, request, request.RouteTableIds, "routeTableIds", RouteTableView.Filters,
            table => RouteTableView.From(table, vpcs.GetValueOrDefault(table.VpcId), context.Scope), cancellationToken);
        return new() { RouteTables = items, NextToken = next };
    }
}

[Operation]
internal sealed class DescribeInternetGateways(Ec2Store store) : IOperation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResponse>
{
    public async ValueTask<DescribeInternetGatewaysResponse> HandleAsync(
        DescribeInternetGatewaysRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (items, next) = await store.ListAsync(
            Kinds.InternetGateway, context, request, request.InternetGatewayIds, "internetGatewayIds", GatewayView.Filters,
            gateway => GatewayView.From(gateway, context.Scope), cancellationToken);
        return new() { InternetGateways = items, NextToken = next };
    }
}

[Operation]
internal sealed class DescribeNetworkAcls(Ec2Store store) : IOperation<DescribeNetworkAclsRequest, DescribeNetworkAclsResponse>
{
    public async ValueTask<DescribeNetworkAclsResponse> HandleAsync(
        DescribeNetworkAclsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var subnets = (await store.AllAsync(Kinds.Subnet, context.Scope, cancellationToken)).ToLookup(subnet => subnet.VpcId);
        var (items, next) = await store.ListAsync(
            Kinds.NetworkAcl, context, request, request.NetworkAclIds, "networkAclIds", NetworkAclView.Filters,
            acl => NetworkAclView.From(acl, subnets[acl.VpcId], context.Scope), cancellationToken);
        return new() { NetworkAcls = items, NextToken = next };
    }
}

[Operation]
internal sealed class DescribeDhcpOptions(Ec2Store store) : IOperation<DescribeDhcpOptionsRequest, DescribeDhcpOptionsResponse>
{
    public async ValueTask<DescribeDhcpOptionsResponse> HandleAsync(
        DescribeDhcpOptionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (items, next) = await store.ListAsync(
            Kinds.DhcpOptions, context, request, request.DhcpOptionsIds, "dhcpOptionsIds", DhcpOptionsView.Filters,
            options => DhcpOptionsView.From(options, context.Scope), cancellationToken);
        return new() { DhcpOptions = items, NextToken = next };
    }
}
