using Fogbank.Services.Ec2.Store;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class DescribeVpcAttribute(Ec2Store store) : IOperation<DescribeVpcAttributeRequest, DescribeVpcAttributeResponse>
{
    public async ValueTask<DescribeVpcAttributeResponse> HandleAsync(
        DescribeVpcAttributeRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var vpc = await store.GetAsync(Kinds.Vpc, context.Scope, request.VpcId, cancellationToken);
        Listing.CheckDryRun(request);
        return request.Attribute switch
        {
            VpcAttributeName.EnableDnsSupport => new() { VpcId = vpc.Id, EnableDnsSupport = new() { Value = vpc.EnableDnsSupport } },
            VpcAttributeName.EnableDnsHostnames => new() { VpcId = vpc.Id, EnableDnsHostnames = new() { Value = vpc.EnableDnsHostnames } },
            _ => new() { VpcId = vpc.Id, EnableNetworkAddressUsageMetrics = new() { Value = false } },
        };
    }
}

[Operation]
internal sealed class ModifyVpcAttribute(Ec2Store store) : IOperation<ModifyVpcAttributeRequest, ModifyVpcAttributeResponse>
{
    public async ValueTask<ModifyVpcAttributeResponse> HandleAsync(
        ModifyVpcAttributeRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.EnableNetworkAddressUsageMetrics?.Value is true)
        {
            throw Ec2Errors.NotSupported("enableNetworkAddressUsageMetrics");
        }

        if (request is { EnableDnsHostnames: not null, EnableDnsSupport: not null })
        {
            throw Ec2Errors.Combination("enableDnsHostnames", "enableDnsSupport");
        }

        await store.ChangeAsync(
            context.Scope,
            dryRun: null,
            transaction =>
            {
                var vpc = transaction.Get(Kinds.Vpc, request.VpcId);
                transaction.Put(Kinds.Vpc, vpc with
                {
                    EnableDnsSupport = request.EnableDnsSupport?.Value ?? vpc.EnableDnsSupport,
                    EnableDnsHostnames = request.EnableDnsHostnames?.Value ?? vpc.EnableDnsHostnames,
                });
            },
            cancellationToken);
        return new();
    }
}
