using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Contracts.Ecs;
using Fogbank.Engines;
using Fogbank.Kernel.Images;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>What the engine is told of a container, from its definition, the caller's overrides and its image. Pure.</summary>
internal static class ContainerPlan
{
    internal const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const int DefaultOpenFiles = 65535;
    private const int MaxPids = 4096;
    private const long Megabyte = 1024 * 1024;
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(30);

    /// <summary>The engine's id of a container's start; the same whenever it is asked for.</summary>
    internal static string RuntimeId(string taskId, string container, int attempt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{taskId}/{container}/{attempt}")));
        return string.Create(CultureInfo.InvariantCulture, $"{taskId}-{BitConverter.ToUInt32(hash):0000000000}");
    }

    internal static TimeSpan GraceOf(ContainerDefinition container) => container.StopTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultGrace;

    internal static WorkloadSpec Spec(
        TaskRecord task, ContainerDefinition container, ImageContent image, ImageRoot root, IReadOnlyDictionary<string, string> environment, IReadOnlyList<VolumeMount> volumes)
    {
        var changed = task.Overrides.ContainerOverrides?.FirstOrDefault(other => other.Name == container.Name);
        var configuration = image.Configuration;
        var linux = container.LinuxParameters;
        var nofile = container.Ulimits?.FirstOrDefault(limit => limit.Name == UlimitName.Nofile);
        return new()
        {
            Id = RuntimeId(task.Id, container.Name!, task.Container(container.Name!).Attempt),
            Command = Command(container, changed, configuration),
            WorkingDirectory = First(container.WorkingDirectory, configuration.WorkingDirectory, "/"),
            Environment = environment,
            MemoryBytes = (changed?.Memory ?? container.Memory ?? task.MemoryMegabytes) * Megabyte,
            MemoryReservationBytes = (changed?.MemoryReservation ?? container.MemoryReservation) * Megabyte,
            CpuShares = (changed?.Cpu ?? container.Cpu) is { } cpu and > 0 ? Math.Max(2, cpu) : null,
            MaxPids = MaxPids,
            Image = root,
            TmpBytes = 0,
            User = First(container.User, configuration.User, ""),
            HostName = HostName(task),
            MaxOpenFiles = nofile?.SoftLimit is { } soft and > 0 ? soft : DefaultOpenFiles,
            StopSignal = Signal(configuration.StopSignal),
            StopGrace = GraceOf(container),
            ReadOnlyRoot = container.ReadonlyRootFilesystem is true,
            Volumes = volumes,
            Tmpfs = [.. (linux?.Tmpfs ?? []).Select(tmpfs => new TmpfsMount { Target = tmpfs.ContainerPath, SizeBytes = (tmpfs.Size ?? 1) * Megabyte, Options = tmpfs.MountOptions ?? [] })],
            Limits = [.. (container.Ulimits ?? []).Select(limit => new ResourceLimit(limit.Name, limit.SoftLimit ?? -1, limit.HardLimit ?? -1))],
            AddedCapabilities = [.. (linux?.Capabilities?.Add ?? []).Select(Capability)],
            DroppedCapabilities = [.. (linux?.Capabilities?.Drop ?? []).Select(Capability)],
            Init = linux?.InitProcessEnabled is true,
            Terminal = container.PseudoTerminal is true,
            Labels = Labels(task, container),
        };
    }

    internal static string HostName(TaskRecord task) => task.Network.Interface?.PrivateDnsName ?? "localhost";

    internal static Dictionary<string, string> Labels(TaskRecord task, ContainerDefinition container)
    {
        var labels = new Dictionary<string, string>(container.DockerLabels ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            ["com.amazonaws.ecs.cluster"] = EcsArn.Cluster(task.Scope, task.Cluster),
            ["com.amazonaws.ecs.container-name"] = container.Name!,
            ["com.amazonaws.ecs.task-arn"] = task.Arn,
            ["com.amazonaws.ecs.task-definition-family"] = task.Family,
            ["com.amazonaws.ecs.task-definition-version"] = task.Revision.ToString(CultureInfo.InvariantCulture),
        };
        return labels;
    }

    /// <summary>An entry point of the definition's puts the image's command away with its entry point, as in Docker.</summary>
    internal static IReadOnlyList<string> Command(ContainerDefinition container, ContainerOverride? changed, ImageConfiguration image)
    {
        var command = changed?.Command is { Count: > 0 } overridden ? overridden : container.Command is { Count: > 0 } defined ? defined : null;
        return container.EntryPoint is { Count: > 0 } entry ? [.. entry, .. command ?? []] : [.. image.Entrypoint, .. command ?? image.Command];
    }

    /// <summary>The image's own variables, ours, those of the files, of the definition and of the caller: later ones win, but for where the endpoints are.</summary>
    internal static Dictionary<string, string> Environment(
        TaskRecord task, ContainerDefinition container, ImageConfiguration image, IEnumerable<(string Name, string Value)> fromFiles)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = DefaultPath };
        foreach (var pair in image.Environment)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables[pair[..equals]] = pair[(equals + 1)..];
            }
        }

        variables["HOSTNAME"] = HostName(task);
        variables["AWS_EXECUTION_ENV"] = "AWS_ECS_FARGATE";
        variables["AWS_REGION"] = task.Region;
        variables["AWS_DEFAULT_REGION"] = task.Region;
        variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
        foreach (var (name, value) in fromFiles)
        {
            variables[name] = value;
        }

        var changed = task.Overrides.ContainerOverrides?.FirstOrDefault(other => other.Name == container.Name);
        foreach (var pair in (container.Environment ?? []).Concat(changed?.Environment ?? []).Where(pair => !string.IsNullOrEmpty(pair.Name)))
        {
            variables[pair.Name!] = pair.Value ?? "";
        }

        var id = RuntimeId(task.Id, container.Name!, task.Container(container.Name!).Attempt);
        variables["ECS_CONTAINER_METADATA_URI"] = $"http://169.254.170.2/v3/{id}";
        variables["ECS_CONTAINER_METADATA_URI_V4"] = $"http://169.254.170.2/v4/{id}";
        variables["ECS_AGENT_URI"] = $"http://169.254.170.2/api/{id}";
        if (task.TaskRoleArn is not null)
        {
            variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = $"/v2/credentials/{task.CredentialsId}";
        }

        return variables;
    }

    private static string First(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (!string.IsNullOrEmpty(value))
            {
                return value;
            }
        }

        return "";
    }

    private static string Capability(string name) =>
        name == "ALL" || name.StartsWith("CAP_", StringComparison.Ordinal) ? name : $"CAP_{name}";

    /// <summary>Reads <c>SIGQUIT</c>, <c>QUIT</c> or <c>3</c>.</summary>
    internal static StopSignal Signal(string? text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 64)
        {
            return (StopSignal)number;
        }

        return text?.Replace("SIG", "", StringComparison.OrdinalIgnoreCase).ToUpperInvariant() switch
        {
            "HUP" => StopSignal.Hangup,
            "INT" => StopSignal.Interrupt,
            "QUIT" => StopSignal.Quit,
            "KILL" => StopSignal.Kill,
            "USR1" => StopSignal.User1,
            "USR2" => StopSignal.User2,
            "WINCH" => (StopSignal)28,
            "ALRM" => (StopSignal)14,
            { } other when other.StartsWith("RTMIN+", StringComparison.Ordinal) && int.TryParse(other.AsSpan(6), out var offset) && offset is >= 0 and <= 30 => (StopSignal)(34 + offset),
            _ => StopSignal.Terminate,
        };
    }
}
