using System.Globalization;
using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>What Fargate demands of a task definition beyond what every one must have: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html</summary>
internal static class FargateRules
{
    /// <summary>The first rule that is broken, in AWS's words; null where the definition can run on Fargate.</summary>
    internal static string? Broken(TaskDefinition definition) =>
        definition.NetworkMode != NetworkMode.Awsvpc ? "Fargate only supports network mode ‘awsvpc’."
        : Size(definition) ?? OfTask(definition) ?? (definition.ContainerDefinitions ?? []).Select(container => OfContainer(definition, container)).FirstOrDefault(broken => broken is not null);

    private static string? Size(TaskDefinition definition)
    {
        if (definition.Cpu is null)
        {
            return "Fargate requires that 'cpu' be defined at the task level.";
        }

        if (definition.Memory is null)
        {
            return "Fargate requires that 'memory' be defined at the task level.";
        }

        var cpu = int.Parse(definition.Cpu, CultureInfo.InvariantCulture);
        var memory = int.Parse(definition.Memory, CultureInfo.InvariantCulture);
        return FargateSizes.Exists(cpu, memory)
            ? null
            : $"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values.";
    }

    private static string? OfTask(TaskDefinition definition) =>
        definition.IpcMode is not null ? NotSupported("ipcMode")
        : definition.PidMode == PidMode.Host ? NotSupported("pidMode 'host'")
        : definition.PlacementConstraints is { Count: > 0 } ? NotSupported("placementConstraints")
        : definition.InferenceAccelerators is { Count: > 0 } ? NotSupported("inferenceAccelerators")
        : definition.EphemeralStorage is { SizeInGiB: < 21 or > 200 } ? "EphemeralStorage size should be between 21 and 200 GiB."
        : definition.Volumes?.Any(volume => volume.Host?.SourcePath is { Length: > 0 }) is true ? NotSupported("sourcePath")
        : definition.Volumes?.Any(volume => volume.DockerVolumeConfiguration is not null) is true ? NotSupported("dockerVolumeConfiguration")
        : null;

    private static string? OfContainer(TaskDefinition definition, ContainerDefinition container)
    {
        if (NotOnFargate(container) is { } setting)
        {
            return NotSupported(setting);
        }

        if (container.LogConfiguration is { } log)
        {
            if (log.LogDriver is not (LogDriver.Awslogs or LogDriver.Splunk or LogDriver.Awsfirelens))
            {
                return $"Fargate only supports log drivers ‘awslogs’, ‘splunk’ and ‘awsfirelens’; the log driver ‘{log.LogDriver}’ is not supported.";
            }

            if (log.LogDriver == LogDriver.Awslogs && definition.ExecutionRoleArn is null)
            {
                return "Fargate requires task definition to have execution role ARN to support log driver awslogs.";
            }

            if (log.LogDriver == LogDriver.Awslogs && log.Options?.ContainsKey("awslogs-stream-prefix") is not true)
            {
                return "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.";
            }
        }

        if (definition.ExecutionRoleArn is null && IsEcr(container.Image ?? ""))
        {
            return "Fargate requires task definition to have execution role ARN to support ECR images.";
        }

        return definition.ExecutionRoleArn is null && container.Secrets is { Count: > 0 }
            ? "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
            : null;
    }

    private static string? NotOnFargate(ContainerDefinition container) =>
        container.Privileged is true ? "privileged"
        : container.DisableNetworking is true ? "disableNetworking"
        : container.Links is { Count: > 0 } ? "links"
        : container.DnsServers is { Count: > 0 } ? "dnsServers"
        : container.DnsSearchDomains is { Count: > 0 } ? "dnsSearchDomains"
        : container.ExtraHosts is { Count: > 0 } ? "extraHosts"
        : container.DockerSecurityOptions is { Count: > 0 } ? "dockerSecurityOptions"
        : container.ResourceRequirements?.Any(requirement => requirement.Type == ResourceType.Gpu) is true ? "GPU resource requirements"
        : container.Hostname is { Length: > 0 } ? "hostname"
        : container.LinuxParameters is { } linux ? OfLinux(linux)
        : null;

    private static string? OfLinux(LinuxParameters linux) =>
        linux.Devices is { Count: > 0 } ? "devices"
        : linux.SharedMemorySize is not null ? "sharedMemorySize"
        : linux.MaxSwap is not null ? "maxSwap"
        : linux.Swappiness is not null ? "swappiness"
        : linux.Capabilities?.Add?.FirstOrDefault(name => name != "SYS_PTRACE") is { } capability ? $"adding the capability {capability}"
        : null;

    /// <summary>Whether an image's name is in AWS's form of a private registry.</summary>
    internal static bool IsEcr(string image)
    {
        var host = image.Split('/', 2)[0];
        return host.Contains(".dkr.ecr.", StringComparison.Ordinal) && host.EndsWith(".amazonaws.com", StringComparison.Ordinal);
    }

    private static string NotSupported(string setting) => $"Fargate compatible task definitions do not support {setting}";
}
