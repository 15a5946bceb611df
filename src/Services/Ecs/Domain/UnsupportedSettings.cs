using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>What a definition may say, is kept, and cannot be acted on yet.</summary>
internal static class UnsupportedSettings
{
    /// <summary>The first such setting, by its name; null where all that it says will be done.</summary>
    internal static string? Find(TaskDefinition definition) =>
        definition.ProxyConfiguration is not null ? "proxyConfiguration"
        : definition.EnableFaultInjection is true ? "enableFaultInjection"
        : definition.RuntimePlatform?.OperatingSystemFamily is not (null or "LINUX") ? $"operatingSystemFamily {definition.RuntimePlatform.OperatingSystemFamily}"
        : (definition.Volumes ?? []).Select(OfVolume).FirstOrDefault(name => name is not null)
        ?? (definition.ContainerDefinitions ?? []).Select(OfContainer).FirstOrDefault(name => name is not null);

    private static string? OfVolume(Volume volume) =>
        volume.EfsVolumeConfiguration is not null ? "efsVolumeConfiguration"
        : volume.S3filesVolumeConfiguration is not null ? "s3filesVolumeConfiguration"
        : volume.FsxWindowsFileServerVolumeConfiguration is not null ? "fsxWindowsFileServerVolumeConfiguration"
        : volume.ConfiguredAtLaunch is true ? "volumes that are configuredAtLaunch"
        : null;

    private static string? OfContainer(ContainerDefinition container) =>
        container.Secrets is { Count: > 0 } ? "secrets"
        : container.RepositoryCredentials is not null ? "repositoryCredentials"
        : container.FirelensConfiguration is not null ? "firelensConfiguration"
        : container.CredentialSpecs is { Count: > 0 } ? "credentialSpecs"
        : container.Interactive is true ? "interactive"
        : container.ResourceRequirements is { Count: > 0 } ? "resourceRequirements"
        : container.LogConfiguration is { } log ? OfLog(log)
        : null;

    private static string? OfLog(LogConfiguration log) =>
        log.LogDriver != LogDriver.Awslogs ? $"the log driver {log.LogDriver}"
        : log.SecretOptions is { Count: > 0 } ? "secretOptions"
        : null;
}
