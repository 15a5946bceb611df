using Fogbank.Services.Ec2.Domain;

namespace Fogbank.Services.Ec2.Views;

internal static class DhcpOptionsView
{
    internal static readonly FilterSet<DhcpOptions> Filters = new(
        static options => options.Tags,
        FilterSet<DhcpOptions>.One("dhcp-options-id", static options => options.DhcpOptionsId),
        FilterSet<DhcpOptions>.Many("key", static options => options.DhcpConfigurations?.Select(setting => setting.Key)),
        FilterSet<DhcpOptions>.Many(
            "value", static options => options.DhcpConfigurations?.SelectMany(setting => setting.Values ?? []).Select(value => value.Value)),
        FilterSet<DhcpOptions>.One("owner-id", static options => options.OwnerId));

    internal static DhcpOptions From(DhcpOptionsRecord options, Scope scope) => new()
    {
        DhcpOptionsId = options.Id,
        OwnerId = scope.AccountId,
        DhcpConfigurations = [Setting("domain-name", options.DomainName), Setting("domain-name-servers", "AmazonProvidedDNS")],
        Tags = TagView.List(options.Tags),
    };

    private static DhcpConfiguration Setting(string key, string value) => new() { Key = key, Values = [new() { Value = value }] };
}
