namespace Fogbank.Services.Ecs.Domain;

/// <summary>The ladder of a task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html</summary>
internal static class TaskStatus
{
    internal const string Provisioning = "PROVISIONING";
    internal const string Pending = "PENDING";
    internal const string Activating = "ACTIVATING";
    internal const string Running = "RUNNING";
    internal const string Deactivating = "DEACTIVATING";
    internal const string Stopping = "STOPPING";
    internal const string Deprovisioning = "DEPROVISIONING";
    internal const string Stopped = "STOPPED";
}
