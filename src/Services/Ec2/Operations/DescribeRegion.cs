using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class DescribeRegions : IOperation<DescribeRegionsRequest, DescribeRegionsResponse>
{
    private static readonly FilterSet<Contracts.Ec2.Region> s_filters = new(
        static _ => null,
        FilterSet<Contracts.Ec2.Region>.One("endpoint", static region => region.Endpoint),
        FilterSet<Contracts.Ec2.Region>.One("opt-in-status", static region => region.OptInStatus),
        FilterSet<Contracts.Ec2.Region>.One("region-name", static region => region.RegionName));

    public ValueTask<DescribeRegionsResponse> HandleAsync(DescribeRegionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var fits = s_filters.Compile(request.Filters);
        var regions = Zones.Regions(context.Region).ToList();
        foreach (var name in request.RegionNames ?? [])
        {
            if (!regions.Contains(name))
            {
                throw Ec2Errors.Invalid($"Invalid region name: '{name}'");
            }
        }

        Listing.CheckDryRun(request);
        var wanted = request.RegionNames is { Count: > 0 } names ? names : regions;
        return new(new DescribeRegionsResponse
        {
            Regions =
            [
                .. regions.Where(wanted.Contains).Select(name => new Contracts.Ec2.Region
                {
                    RegionName = name,
                    Endpoint = $"ec2.{name}.amazonaws.com",
                    OptInStatus = Zones.OptInStatus(name),
                }).Where(fits),
            ],
        });
    }
}

[Operation]
internal sealed class DescribeAvailabilityZones : IOperation<DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResponse>
{
    private static readonly FilterSet<AvailabilityZone> s_filters = new(
        static _ => null,
        FilterSet<AvailabilityZone>.One("group-name", static zone => zone.GroupName),
        FilterSet<AvailabilityZone>.Many("group-long-name", static _ => null),
        FilterSet<AvailabilityZone>.Many("message", static _ => null),
        FilterSet<AvailabilityZone>.One("opt-in-status", static zone => zone.OptInStatus),
        FilterSet<AvailabilityZone>.Many("parent-zone-id", static _ => null),
        FilterSet<AvailabilityZone>.Many("parent-zone-name", static _ => null),
        FilterSet<AvailabilityZone>.One("region-name", static zone => zone.RegionName),
        FilterSet<AvailabilityZone>.One("state", static zone => zone.State),
        FilterSet<AvailabilityZone>.One("zone-id", static zone => zone.ZoneId),
        FilterSet<AvailabilityZone>.One("zone-name", static zone => zone.ZoneName),
        FilterSet<AvailabilityZone>.One("zone-type", static zone => zone.ZoneType));

    public ValueTask<DescribeAvailabilityZonesResponse> HandleAsync(
        DescribeAvailabilityZonesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var fits = s_filters.Compile(request.Filters);
        var zones = Enumerable.Range(0, Zones.Count).Select(index => From(context.Region, index)).ToList();
        Check(request.ZoneNames, zones.Select(zone => zone.ZoneName));
        Check(request.ZoneIds, zones.Select(zone => zone.ZoneId));
        Listing.CheckDryRun(request);
        bool IsWanted(AvailabilityZone zone) =>
            (request.ZoneNames is not { Count: > 0 } names || names.Contains(zone.ZoneName))
            && (request.ZoneIds is not { Count: > 0 } ids || ids.Contains(zone.ZoneId));
        return new(new DescribeAvailabilityZonesResponse { AvailabilityZones = [.. zones.Where(IsWanted).Where(fits)] });
    }

    private static void Check(IReadOnlyList<string>? wanted, IEnumerable<string?> known)
    {
        if (wanted?.FirstOrDefault(zone => !known.Contains(zone)) is { } unknown)
        {
            throw Ec2Errors.Invalid($"Invalid availability zone: [{unknown}]");
        }
    }

    private static AvailabilityZone From(string region, int index) => new()
    {
        ZoneName = Zones.Name(region, index),
        ZoneId = Zones.Id(region, index),
        ZoneType = "availability-zone",
        RegionName = region,
        GroupName = $"{region}-zg-1",
        NetworkBorderGroup = region,
        OptInStatus = AvailabilityZoneOptInStatus.OptInNotRequired,
        State = AvailabilityZoneState.Available,
        Messages = [],
    };
}

/// <summary>What Fogbank has and holds of the account's attributes; it has no addresses of the internet, and no machines yet.</summary>
[Operation]
internal sealed class DescribeAccountAttributes(Ec2Store store) : IOperation<DescribeAccountAttributesRequest, DescribeAccountAttributesResponse>
{
    public async ValueTask<DescribeAccountAttributesResponse> HandleAsync(
        DescribeAccountAttributesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var vpc = (await store.AllAsync(Kinds.Vpc, context.Scope, cancellationToken)).FirstOrDefault(vpc => vpc.IsDefault);
        (string Name, string Value)[] attributes =
        [
            ("supported-platforms", "VPC"),
            ("vpc-max-security-groups-per-interface", Ec2Limits.GroupsPerInterface.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("default-vpc", vpc?.Id ?? "none"),
        ];
        Listing.CheckDryRun(request);
        return new()
        {
            AccountAttributes =
            [
                .. attributes
                    .Where(attribute => request.AttributeNames is not { Count: > 0 } names || names.Contains(attribute.Name))
                    .Select(attribute => new AccountAttribute { AttributeName = attribute.Name, AttributeValues = [new() { AttributeValue = attribute.Value }] }),
            ],
        };
    }
}
