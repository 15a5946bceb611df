using System.Globalization;

namespace Fogbank.Services.Ec2.Domain;

/// <summary>Regions and their availability zones. Every region has three zones here, <c>a</c> to <c>c</c>.</summary>
internal static class Zones
{
    internal const int Count = 3;

    /// <summary>Regions that AWS enables for every account.</summary>
    private static readonly string[] Always =
    [
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
        "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    ];

    /// <summary>Regions that an account of AWS must ask for.</summary>
    private static readonly string[] OnRequest =
    [
        "af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "ca-west-1",
        "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
    ];

    /// <summary>All regions by name, <paramref name="current"/> among them.</summary>
    internal static IEnumerable<string> Regions(string current) =>
        Always.Concat(OnRequest).Append(current).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Every region can be used here, so those that AWS would enable on request count as asked for.</summary>
    internal static string OptInStatus(string region) => OnRequest.Contains(region) ? "opted-in" : "opt-in-not-required";

    /// <param name="index">0 is the first.</param>
    internal static string Name(string region, int index) => $"{region}{(char)('a' + index)}";

    internal static string Id(string region, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Code(region)}-az{index + 1}");

    /// <summary>The zone's place; -1 where the region has no such zone.</summary>
    internal static int IndexOfName(string region, string zone) =>
        Enumerable.Range(0, Count).FirstOrDefault(index => Name(region, index) == zone, -1);

    /// <inheritdoc cref="IndexOfName"/>
    internal static int IndexOfId(string region, string id) =>
        Enumerable.Range(0, Count).FirstOrDefault(index => Id(region, index) == id, -1);

    /// <summary>What hosts of a VPC are called behind their first label, unless they are told otherwise.</summary>
    internal static string DomainName(string region) => NetworkNames.DomainOf(region);

    /// <summary>us-east-1 → use1, ap-northeast-1 → apne1.</summary>
    private static string Code(string region) => string.Concat(region.Split('-').Select(part => part switch
    {
        "north" or "south" or "east" or "west" or "central" => part[..1],
        "northeast" => "ne",
        "southeast" => "se",
        "northwest" => "nw",
        "southwest" => "sw",
        _ => part,
    }));
}
