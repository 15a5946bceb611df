using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Services.Ecs.Views;
using Fogbank.Store;
using EcsTask = Fogbank.Contracts.Ecs.Task;

namespace Fogbank.Services.Ecs.Operations;

[Operation]
internal sealed class StopTask(EcsStore store, TimeProvider time) : IOperation<StopTaskRequest, StopTaskResponse>
{
    private const int LongestReason = 1024;

    public async ValueTask<StopTaskResponse> HandleAsync(StopTaskRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var cluster = await store.GetClusterAsync(request.Cluster, context.Scope, cancellationToken);
        if (request.Reason is { Length: > LongestReason })
        {
            throw EcsErrors.Invalid($"reason cannot be longer than {LongestReason} characters.");
        }

        if (!EcsArn.TryTask(request.Task, context.Scope, cluster.Name, out var id))
        {
            throw EcsErrors.TaskNotFound();
        }

        var reason = string.IsNullOrEmpty(request.Reason) ? "Task stopped by user" : request.Reason;
        var stopped = await store.ChangeTaskAsync(
            new(context.Scope, cluster.Name, id), task => TaskChanges.Stop(task, TaskStopCode.UserInitiated, reason, time.GetUtcNow()), cancellationToken);
        if (stopped.Value is not { } changed)
        {
            throw EcsErrors.TaskNotFound();
        }

        var definition = await store.FindDefinitionAsync(context.Scope, changed.Family, changed.Revision, cancellationToken);
        return new() { Task = TaskView.From(changed, definition?.Definition, hasTags: true) };
    }
}

[Operation]
internal sealed class DescribeTasks(EcsStore store) : IOperation<DescribeTasksRequest, DescribeTasksResponse>
{
    private const int Most = 100;

    public async ValueTask<DescribeTasksResponse> HandleAsync(DescribeTasksRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var cluster = await store.GetClusterAsync(request.Cluster, context.Scope, cancellationToken);
        if (request.Tasks.Count == 0)
        {
            throw EcsErrors.Invalid("Tasks cannot be empty.");
        }

        if (request.Tasks.Count > Most)
        {
            throw EcsErrors.Invalid($"Tasks cannot be longer than {Most}.");
        }

        var hasTags = request.Include?.Contains(TaskField.Tags) is true;
        var tasks = new List<EcsTask>();
        var failures = new List<Failure>();
        foreach (var given in request.Tasks)
        {
            if (EcsArn.TryTask(given, context.Scope, cluster.Name, out var id)
                && (await store.GetTaskAsync(new(context.Scope, cluster.Name, id), cancellationToken)).Value is { } task)
            {
                var definition = await store.FindDefinitionAsync(context.Scope, task.Family, task.Revision, cancellationToken);
                tasks.Add(TaskView.From(task, definition?.Definition, hasTags));
            }
            else
            {
                failures.Add(new() { Arn = id is null ? given : EcsArn.Task(context.Scope, cluster.Name, id), Reason = "MISSING" });
            }
        }

        return new() { Tasks = tasks, Failures = failures };
    }
}

[Operation]
internal sealed class ListTasks(EcsStore store) : IOperation<ListTasksRequest, ListTasksResponse>
{
    public async ValueTask<ListTasksResponse> HandleAsync(ListTasksRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var cluster = await store.GetClusterAsync(request.Cluster, context.Scope, cancellationToken);
        if (request.ServiceName is not null)
        {
            throw new AwsException(EcsErrorCodes.ServiceNotFoundException, "Service not found.");
        }

        if (request.DaemonName is not null)
        {
            throw new AwsException(EcsErrorCodes.DaemonNotFoundException, "Daemon not found.");
        }

        if (request.StartedBy is not null && (request.Family is not null || request.ContainerInstance is not null))
        {
            throw EcsErrors.Invalid("Cannot specify startedBy with another filter.");
        }

        var status = request.DesiredStatus ?? DesiredStatus.Running;
        var (tasks, next) = await store.Database.ScanWhereAsync(
            EcsSchema.Tasks,
            StoreKey.Of(context.Scope, cluster.Name),
            task => task.DesiredStatus == status
                && (request.Family is null || request.Family == task.Family)
                && (request.StartedBy is null || request.StartedBy == task.StartedBy)
                && request.LaunchType is null or LaunchType.Fargate
                && request.ContainerInstance is null,
            EcsPaging.Limit(request.MaxResults),
            EcsPaging.Token(request.NextToken),
            cancellationToken);
        return new() { TaskArns = [.. tasks.Select(task => task.Arn)], NextToken = next?.ToString() };
    }
}
