using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Operations;

/// <summary>What creating and changing a cluster have in common.</summary>
internal static class ClusterParts
{
    internal const string Fargate = "FARGATE";
    internal const string FargateSpot = "FARGATE_SPOT";

    /// <summary>The capacity providers that every account has.</summary>
    internal static IReadOnlyList<string> Providers { get; } = [Fargate, FargateSpot];

    /// <summary>Settings whose work is not built.</summary>
    internal static void Refuse(ClusterConfiguration? configuration, ClusterServiceConnectDefaultsRequest? serviceConnect)
    {
        if (configuration?.ManagedStorageConfiguration is not null)
        {
            throw EcsErrors.NotSupported("managedStorageConfiguration");
        }

        if (configuration?.ExecuteCommandConfiguration is not null)
        {
            throw EcsErrors.NotSupported("executeCommandConfiguration");
        }

        if (serviceConnect is not null)
        {
            throw EcsErrors.NotSupported("serviceConnectDefaults");
        }
    }

    internal static IReadOnlyList<ClusterSetting> Settings(IReadOnlyList<ClusterSetting> current, IReadOnlyList<ClusterSetting> given)
    {
        foreach (var setting in given)
        {
            if (setting.Name == ClusterSettingName.ContainerInsights && setting.Value is not ("enabled" or "disabled" or "enhanced"))
            {
                throw EcsErrors.Invalid("Invalid cluster setting value.");
            }

            if (setting.Value is "enabled" or "enhanced")
            {
                throw EcsErrors.NotSupported("containerInsights");
            }
        }

        return [.. current.Where(setting => !given.Any(other => other.Name == setting.Name)), .. given];
    }

    internal static void CheckProviders(IReadOnlyList<string> providers, IReadOnlyList<CapacityProviderStrategyItem> strategy)
    {
        if (providers.FirstOrDefault(name => !Providers.Contains(name)) is { } unknown)
        {
            throw EcsErrors.Invalid($"The specified capacity provider '{unknown}' was not found. Specify a valid name or ARN and try again.");
        }

        CheckStrategy(strategy, providers);
    }

    internal static void CheckStrategy(IReadOnlyList<CapacityProviderStrategyItem> strategy, IReadOnlyList<string> providers)
    {
        if (strategy.FirstOrDefault(item => !providers.Contains(item.CapacityProvider)) is { } unknown)
        {
            throw EcsErrors.Invalid(
                $"The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider '{unknown.CapacityProvider}' with the cluster and try again.");
        }

        if (strategy.Select(item => item.CapacityProvider).Distinct(StringComparer.Ordinal).Count() != strategy.Count)
        {
            throw EcsErrors.Invalid("The specified capacity provider strategy cannot contain duplicate capacity providers.");
        }

        if (strategy.Count(item => item.Base > 0) > 1)
        {
            throw EcsErrors.Invalid("The specified capacity provider strategy contains more than one capacity provider with a base value. Only one is allowed.");
        }

        if (strategy.Count > 0 && strategy.All(item => item.Weight is null or 0) && strategy.All(item => item.Base is null or 0))
        {
            throw EcsErrors.Invalid("The specified capacity provider strategy must contain at least one capacity provider with a weight value greater than 0.");
        }
    }
}
