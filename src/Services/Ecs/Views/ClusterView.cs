using Fogbank.Contracts.Ecs;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Views;

/// <summary>A cluster as answers show it.</summary>
internal static class ClusterView
{
    /// <param name="cluster">The cluster.</param>
    /// <param name="live">Its tasks that are not STOPPED.</param>
    /// <param name="include">Which of the parts that are left out by default are wanted; null for all that creating and changing show.</param>
    internal static Cluster From(ClusterRecord cluster, IReadOnlyList<TaskRecord> live, IReadOnlyList<string>? include)
    {
        var running = live.Count(task => task.LastStatus == TaskStatus.Running);
        var pending = live.Count(task => task.LastStatus is TaskStatus.Provisioning or TaskStatus.Pending or TaskStatus.Activating);
        return new()
        {
            ClusterArn = cluster.Arn,
            ClusterName = cluster.Name,
            Configuration = Wants(ClusterField.Configurations) ? cluster.Configuration : null,
            Status = cluster.Status,
            RegisteredContainerInstancesCount = 0,
            RunningTasksCount = running,
            PendingTasksCount = pending,
            ActiveServicesCount = 0,
            Statistics = include?.Contains(ClusterField.Statistics) is true ? Statistics(running, pending) : [],
            Tags = Wants(ClusterField.Tags) ? TagList.From(cluster.Tags) : [],
            Settings = Wants(ClusterField.Settings) ? cluster.Settings : [],
            CapacityProviders = cluster.CapacityProviders,
            DefaultCapacityProviderStrategy = cluster.DefaultStrategy,
        };

        bool Wants(string field) => include is null || include.Contains(field);
    }

    private static IReadOnlyList<KeyValuePair> Statistics(int running, int pending) =>
    [
        Count("runningEC2TasksCount", 0), Count("runningFargateTasksCount", running), Count("pendingEC2TasksCount", 0),
        Count("pendingFargateTasksCount", pending), Count("runningExternalTasksCount", 0), Count("pendingExternalTasksCount", 0),
        Count("activeEC2ServiceCount", 0), Count("activeFargateServiceCount", 0), Count("drainingEC2ServiceCount", 0), Count("drainingFargateServiceCount", 0),
        Count("activeExternalServiceCount", 0), Count("drainingExternalServiceCount", 0),
    ];

    private static KeyValuePair Count(string name, int value) =>
        new() { Name = name, Value = value.ToString(System.Globalization.CultureInfo.InvariantCulture) };
}
