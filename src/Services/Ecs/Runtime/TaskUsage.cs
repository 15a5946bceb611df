using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>What a task is billed for: from the begin of its pull to its end, by the second, a minute at least.</summary>
internal static class TaskUsage
{
    private const int LeastSeconds = 60;
    private const int FreeGigabytes = 20;

    internal static void Record(IUsageSink sink, TaskRecord task)
    {
        if (task is not { PullStartedAt: { } from, StoppedAt: { } to })
        {
            return;
        }

        var hours = Math.Max(LeastSeconds, (decimal)Math.Ceiling((to - from).TotalSeconds)) / 3600m;
        var kind = task.CapacityProvider == Operations.ClusterParts.FargateSpot ? "SpotUsage-Fargate" : "Fargate";
        Add($"{kind}-vCPU-Hours:perCPU", task.CpuUnits / 1024m * hours, "hours");
        Add($"{kind}-GB-Hours", task.MemoryMegabytes / 1024m * hours, "hours");
        if (task.StorageGigabytes > FreeGigabytes)
        {
            Add("Fargate-EphemeralStorage-GB-Hours", (task.StorageGigabytes - FreeGigabytes) * hours, "GB-Hours");
        }

        void Add(string type, decimal quantity, string unit) =>
            sink.Record(task.Scope, new UsageRecord("AmazonECS", type, quantity, unit, to, task.Arn));
    }
}
