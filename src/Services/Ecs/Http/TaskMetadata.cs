using System.Globalization;
using System.Text.Json;
using Fogbank.Contracts.Ecs;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Runtime;

namespace Fogbank.Services.Ecs.Http;

/// <summary>A task as its own containers see it.</summary>
internal sealed class TaskMetadata(TaskRecord task, TaskDefinition definition, LiveTask live, bool isV4)
{
    internal void WriteTask(Utf8JsonWriter writer, bool hasTags)
    {
        writer.WriteStartObject();
        writer.WriteString("Cluster", EcsArn.Cluster(task.Scope, task.Cluster));
        writer.WriteString("TaskARN", task.Arn);
        writer.WriteString("Family", task.Family);
        writer.WriteString("Revision", task.Revision.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("DesiredStatus", task.DesiredStatus);
        writer.WriteString("KnownStatus", task.LastStatus);
        writer.WriteStartObject("Limits");
        writer.WriteNumber("CPU", task.CpuUnits / 1024d);
        writer.WriteNumber("Memory", task.MemoryMegabytes);
        writer.WriteEndObject();
        Time(writer, "PullStartedAt", task.PullStartedAt);
        Time(writer, "PullStoppedAt", task.PullStoppedAt);
        Time(writer, "ExecutionStoppedAt", task.ExecutionStoppedAt);
        writer.WriteString("AvailabilityZone", task.Network.Interface?.AvailabilityZone);
        if (isV4)
        {
            writer.WriteString("LaunchType", LaunchType.Fargate);
            writer.WriteString("VPCID", task.Network.Interface?.VpcId);
            writer.WriteBoolean("FaultInjectionEnabled", false);
        }

        writer.WriteStartArray("Containers");
        foreach (var container in task.Containers)
        {
            WriteContainer(writer, container);
        }

        writer.WriteEndArray();
        if (hasTags)
        {
            writer.WriteStartObject("TaskTags");
            foreach (var (name, value) in task.Tags)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    internal void WriteContainer(Utf8JsonWriter writer, ContainerRecord container)
    {
        var wanted = definition.ContainerDefinitions!.First(other => other.Name == container.Name);
        writer.WriteStartObject();
        writer.WriteString("DockerId", ContainerPlan.RuntimeId(task.Id, container.Name, container.Attempt));
        writer.WriteString("Name", container.Name);
        writer.WriteString("DockerName", container.Name);
        writer.WriteString("Image", container.Image);
        writer.WriteString("ImageID", live.Image(container.Name)?.ManifestDigest ?? container.ImageDigest ?? "");
        Ports(writer, wanted);
        writer.WriteStartObject("Labels");
        foreach (var (name, value) in ContainerPlan.Labels(task, wanted))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteString("DesiredStatus", task.DesiredStatus);
        writer.WriteString("KnownStatus", container.Status);
        if (container.ExitCode is { } code)
        {
            writer.WriteNumber("ExitCode", code);
        }

        var changed = task.Overrides.ContainerOverrides?.FirstOrDefault(other => other.Name == container.Name);
        writer.WriteStartObject("Limits");
        writer.WriteNumber("CPU", Math.Max(2, changed?.Cpu ?? wanted.Cpu ?? 0));
        if ((changed?.Memory ?? wanted.Memory) is { } memory)
        {
            writer.WriteNumber("Memory", memory);
        }

        writer.WriteEndObject();
        Time(writer, "CreatedAt", container.StartedAt);
        Time(writer, "StartedAt", container.StartedAt);
        Time(writer, "FinishedAt", container.FinishedAt);
        writer.WriteString("Type", "NORMAL");
        if (container.Attempt > 0)
        {
            writer.WriteNumber("RestartCount", container.Attempt);
        }

        if (container.Health is { } health)
        {
            writer.WriteStartObject("Health");
            writer.WriteString("status", health);
            writer.WriteEndObject();
        }

        Log(writer, wanted);
        if (isV4)
        {
            writer.WriteString("ContainerARN", EcsArn.Container(task.Scope, task.Cluster, task.Id, container.Uuid));
        }

        Networks(writer);
        if (isV4)
        {
            writer.WriteString("Snapshotter", "overlayfs");
        }

        writer.WriteEndObject();
    }

    private static void Ports(Utf8JsonWriter writer, ContainerDefinition container)
    {
        if (container.PortMappings is not { Count: > 0 } ports)
        {
            return;
        }

        writer.WriteStartArray("Ports");
        foreach (var port in ports.Where(port => port.ContainerPort is not null))
        {
            writer.WriteStartObject();
            writer.WriteNumber("ContainerPort", port.ContainerPort!.Value);
            writer.WriteString("Protocol", port.Protocol ?? "tcp");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Log(Utf8JsonWriter writer, ContainerDefinition container)
    {
        if (!isV4 || container.LogConfiguration is not { Options: { } options } log)
        {
            return;
        }

        writer.WriteString("LogDriver", log.LogDriver);
        writer.WriteStartObject("LogOptions");
        foreach (var (name, value) in options.Where(option => option.Key != "awslogs-stream-prefix"))
        {
            writer.WriteString(name, value);
        }

        writer.WriteString("awslogs-stream", AwslogsOptions.Parse(options, "non-blocking").StreamOf(container.Name!, task.Id));
        writer.WriteEndObject();
    }

    private void Networks(Utf8JsonWriter writer)
    {
        if (task.Network.Interface is not { } given)
        {
            return;
        }

        writer.WriteStartArray("Networks");
        writer.WriteStartObject();
        writer.WriteString("NetworkMode", NetworkMode.Awsvpc);
        writer.WriteStartArray("IPv4Addresses");
        writer.WriteStringValue(given.PrivateIp);
        writer.WriteEndArray();
        if (isV4)
        {
            writer.WriteNumber("AttachmentIndex", 0);
            writer.WriteString("MACAddress", given.MacAddress);
            writer.WriteString("IPv4SubnetCIDRBlock", given.SubnetRange);
            writer.WriteString("PrivateDNSName", given.PrivateDnsName);
            writer.WriteString("SubnetGatewayIpv4Address", $"{given.Gateway}/{given.SubnetRange.Split('/')[1]}");
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void Time(Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } present)
        {
            writer.WriteString(name, present.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        }
    }
}
