using System.Text.Json;
using Fogbank.Engines;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Runtime;

namespace Fogbank.Services.Ecs.Http;

/// <summary>Resource use of a container in the form of Docker's stats.</summary>
/// <param name="Id">Its runtime id.</param>
/// <param name="Name">Its name.</param>
/// <param name="ReadAt">When it was read.</param>
/// <param name="Own">Of the container; null where it does not run.</param>
/// <param name="Group">Of the task, whose network it shares; null where there is none.</param>
internal sealed record TaskStats(string Id, string Name, DateTimeOffset ReadAt, WorkloadStats? Own, WorkloadStats? Group)
{
    internal static async ValueTask<TaskStats> ReadAsync(LiveTask live, ContainerRecord container, TimeProvider time, CancellationToken cancellationToken)
    {
        WorkloadStats? own = null, group = null;
        try
        {
            own = live.Workload(container.Name) is { } workload ? await workload.StatsAsync(cancellationToken) : null;
            group = live.Group is { } frame ? await frame.StatsAsync(cancellationToken) : null;
        }
        catch (EngineException)
        {
            // It ended while it was asked.
        }

        var id = live.Workload(container.Name)?.Id ?? container.RuntimeId ?? container.Name;
        return new(id, container.Name, time.GetUtcNow(), own, group);
    }

    internal static void Write(Utf8JsonWriter writer, TaskStats stats, TaskRecord task)
    {
        if (stats.Own is not { } own)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("read", stats.ReadAt.UtcDateTime);
        writer.WriteString("name", stats.Name);
        writer.WriteString("id", stats.Id);
        writer.WriteNumber("num_procs", 0);
        writer.WriteStartObject("pids_stats");
        writer.WriteNumber("current", own.Pids);
        writer.WriteEndObject();
        writer.WriteStartObject("cpu_stats");
        writer.WriteStartObject("cpu_usage");
        writer.WriteNumber("total_usage", own.CpuTime.Ticks * 100);
        writer.WriteEndObject();
        writer.WriteNumber("online_cpus", Environment.ProcessorCount);
        writer.WriteEndObject();
        writer.WriteStartObject("memory_stats");
        writer.WriteNumber("usage", own.MemoryBytes);
        writer.WriteNumber("max_usage", own.MaxMemoryBytes);
        writer.WriteNumber("limit", task.MemoryMegabytes * 1024L * 1024);
        writer.WriteEndObject();
        writer.WriteStartObject("blkio_stats");
        writer.WriteStartArray("io_service_bytes_recursive");
        Block(writer, "Read", own.BlockReadBytes);
        Block(writer, "Write", own.BlockWrittenBytes);
        writer.WriteEndArray();
        writer.WriteEndObject();
        if (stats.Group is { } group)
        {
            writer.WriteStartObject("networks");
            writer.WriteStartObject("eth1");
            writer.WriteNumber("rx_bytes", group.NetworkReceivedBytes);
            writer.WriteNumber("tx_bytes", group.NetworkSentBytes);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Block(Utf8JsonWriter writer, string operation, long value)
    {
        writer.WriteStartObject();
        writer.WriteString("op", operation);
        writer.WriteNumber("value", value);
        writer.WriteEndObject();
    }
}
