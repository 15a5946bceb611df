using System.Globalization;
using System.Text.RegularExpressions;
using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>What every task definition must hold, whatever runs it. Throws AWS's error at the first fault.</summary>
internal static partial class DefinitionRules
{
    private const int MaxContainers = 10;
    private const string Troubleshooting = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

    internal static void Check(RegisterTaskDefinitionRequest request)
    {
        if (!FamilyName().IsMatch(request.Family))
        {
            throw EcsErrors.Client("Family contains invalid characters.");
        }

        if (request.Cpu is not null && !FargateSizes.TryReadCpu(request.Cpu, out _))
        {
            throw EcsErrors.Client($"Invalid 'cpu' setting for task. {Troubleshooting}");
        }

        if (request.Memory is not null && !FargateSizes.TryReadMemory(request.Memory, out _))
        {
            throw EcsErrors.Client($"Invalid 'memory' setting for task. {Troubleshooting}");
        }

        CheckTags(request);
        CheckContainers(request);
        CheckVolumes(request);
        ContainerOrder.Check(request.ContainerDefinitions);
    }

    private static void CheckTags(RegisterTaskDefinitionRequest request)
    {
        if (request.Tags?.Any(tag => tag.Key?.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) is true) is true)
        {
            throw EcsErrors.Invalid("Tag keys starting with 'aws:' are reserved for system use.");
        }
    }

    private static void CheckContainers(RegisterTaskDefinitionRequest request)
    {
        var containers = request.ContainerDefinitions;
        if (containers.Count == 0)
        {
            throw EcsErrors.Client("Container list cannot be empty.");
        }

        if (containers.Count > MaxContainers)
        {
            throw EcsErrors.Client($"Container list cannot be longer than {MaxContainers}.");
        }

        if (!containers.Any(container => container.Essential is not false))
        {
            throw EcsErrors.Client("Task definition must have at least one essential container.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in containers)
        {
            if (string.IsNullOrEmpty(container.Name))
            {
                throw EcsErrors.Client("Container.name should not be null or empty.");
            }

            if (!ContainerName().IsMatch(container.Name))
            {
                throw EcsErrors.Client("Container.name contains invalid characters.");
            }

            if (!names.Add(container.Name))
            {
                throw EcsErrors.Client($"Duplicate container name '{container.Name}'.");
            }

            if (string.IsNullOrEmpty(container.Image))
            {
                throw EcsErrors.Client("Container.image should not be null or empty.");
            }

            CheckSize(request, container);
            CheckTimes(container);
            CheckPorts(request, container);
        }

        CheckSum(request, "cpu", FargateSizes.TryReadCpu(request.Cpu, out var cpu) ? cpu : null, containers.Sum(container => (long)(container.Cpu ?? 0)));
        CheckSum(
            request, "memoryReservation", FargateSizes.TryReadMemory(request.Memory, out var memory) ? memory : null, containers.Sum(container => (long)(container.MemoryReservation ?? 0)));
    }

    private static void CheckSize(RegisterTaskDefinitionRequest request, ContainerDefinition container)
    {
        var name = container.Name;
        if (request.Memory is null && container.Memory is null && container.MemoryReservation is null)
        {
            throw EcsErrors.Client($"Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified.");
        }

        if (container.Memory is < 6 || container.MemoryReservation is < 6)
        {
            throw EcsErrors.Client($"Invalid setting for container '{name}'. The memory of a container must be at least 6 MiB.");
        }

        if (container.Memory < container.MemoryReservation)
        {
            throw EcsErrors.Client($"Invalid setting for container '{name}'. 'memory' must be greater than or equal to 'memoryReservation'.");
        }

        if (container.Memory is { } own && FargateSizes.TryReadMemory(request.Memory, out var task) && own > task)
        {
            throw EcsErrors.Client($"Invalid setting for container '{name}'. The 'memory' of a container must not exceed the 'memory' of its task.");
        }

        if (container.Cpu is < 0)
        {
            throw EcsErrors.Client($"Invalid setting for container '{name}'. 'cpu' must not be negative.");
        }
    }

    private static void CheckTimes(ContainerDefinition container)
    {
        Within(container.StartTimeout, 2, 120, "startTimeout", " seconds");
        Within(container.StopTimeout, 0, 120, "stopTimeout", " seconds");
        Within(container.HealthCheck?.Interval, 5, 300, "HealthCheck interval", " seconds");
        Within(container.HealthCheck?.Timeout, 2, 60, "HealthCheck timeout", " seconds");
        Within(container.HealthCheck?.Retries, 1, 10, "HealthCheck retries", "");
        Within(container.HealthCheck?.StartPeriod, 0, 300, "HealthCheck startPeriod", " seconds");
        Within(container.RestartPolicy?.RestartAttemptPeriod, 60, 1800, "restartAttemptPeriod", " seconds");
        if (container.HealthCheck is { } check && check.Command is not ["NONE"] and not ["CMD" or "CMD-SHELL", _, ..])
        {
            throw EcsErrors.Client("HealthCheck command must begin with CMD or CMD-SHELL, followed by what to run.");
        }

        void Within(int? value, int least, int most, string what, string unit)
        {
            if (value < least || value > most)
            {
                throw EcsErrors.Client($"Invalid setting for container '{container.Name}'. {what} must be between {least} and {most}{unit}.");
            }
        }
    }

    private static void CheckPorts(RegisterTaskDefinitionRequest request, ContainerDefinition container)
    {
        foreach (var port in container.PortMappings ?? [])
        {
            if (port.ContainerPort is < 0 or > 65535 || port.HostPort is < 0 or > 65535)
            {
                throw EcsErrors.Client($"Invalid port specified for container '{container.Name}'. Port must be between 0 and 65535.");
            }

            if (request.NetworkMode == NetworkMode.Awsvpc && port.HostPort is > 0 && port.HostPort != port.ContainerPort)
            {
                throw EcsErrors.Client("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
            }
        }
    }

    private static void CheckVolumes(RegisterTaskDefinitionRequest request)
    {
        var volumes = (request.Volumes ?? []).Select(volume => volume.Name ?? "").ToList();
        if (volumes.Distinct(StringComparer.Ordinal).Count() != volumes.Count)
        {
            throw EcsErrors.Client("Duplicate volume names are not allowed.");
        }

        if (volumes.Find(name => !ContainerName().IsMatch(name)) is { } bad)
        {
            throw EcsErrors.Client($"Invalid volume name '{bad}'.");
        }

        var names = request.ContainerDefinitions.Select(container => container.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var container in request.ContainerDefinitions)
        {
            if (container.MountPoints?.FirstOrDefault(mount => !volumes.Contains(mount.SourceVolume ?? "")) is { } unknown)
            {
                throw EcsErrors.Client($"Unknown volume '{unknown.SourceVolume}'.");
            }

            if (container.MountPoints?.FirstOrDefault(mount => mount.ContainerPath?.StartsWith('/') is not true) is { } relative)
            {
                throw EcsErrors.Client($"Invalid mount point '{relative.ContainerPath}': the path in the container must be absolute.");
            }

            if (container.VolumesFrom?.FirstOrDefault(from => !names.Contains(from.SourceContainer ?? "")) is { } source)
            {
                throw EcsErrors.Client($"Unknown container '{source.SourceContainer}' in volumesFrom.");
            }
        }
    }

    private static void CheckSum(RegisterTaskDefinitionRequest request, string what, int? task, long sum)
    {
        if (task is { } most && sum > most)
        {
            throw EcsErrors.Client(string.Create(
                CultureInfo.InvariantCulture, $"Invalid '{what}' setting for containers of '{request.Family}'. Their sum, {sum}, must not exceed that of the task, {most}."));
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z")]
    private static partial Regex FamilyName();

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z")]
    private static partial Regex ContainerName();
}
