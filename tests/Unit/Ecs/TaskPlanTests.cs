using Fogbank.Contracts.Ecs;
using Fogbank.Services.Ecs.Domain;
using Xunit;
using TaskStatus = Fogbank.Services.Ecs.Domain.TaskStatus;

namespace Fogbank.Tests.Unit.Ecs;

public sealed class TaskPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_ladder_is_climbed_step_by_step()
    {
        var definition = TaskSamples.Definition(TaskSamples.Container("main"));
        var task = TaskSamples.Task(definition);
        Assert.Equal([new(TaskJobKind.Admit)], Plan(task, definition).Jobs);

        task = TaskChanges.Admitted(task, TaskSamples.Interface, Now);
        Assert.Equal(TaskStatus.Pending, task.LastStatus);
        task = Written(task, definition);
        Assert.Equal((TaskStatus.Activating, Now), (task.LastStatus, task.PullStartedAt));
        Assert.Equal([new(TaskJobKind.Prepare)], Plan(task, definition).Jobs);

        task = TaskChanges.Pulled(task, new Dictionary<string, string> { ["main"] = "sha256:1" }, Now);
        Assert.Equal("sha256:1", task.Container("main").ImageDigest);
        Assert.Equal([new(TaskJobKind.Start, "main")], Plan(task, definition).Jobs);

        task = Written(TaskChanges.Started(task, "main", 0, "id", Now), definition);
        Assert.Equal((TaskStatus.Running, Now), (task.LastStatus, task.StartedAt));
        Assert.Equal([new(TaskJobKind.Watch, "main")], Plan(task, definition).Jobs);

        task = Written(TaskChanges.Exited(task, "main", 0, new() { ExitCode = 3 }, Now), definition);
        Assert.Equal((DesiredStatus.Stopped, TaskStopCode.EssentialContainerExited, "Essential container in task exited"), (task.DesiredStatus, task.StopCode, task.StoppedReason));
        Assert.Equal(TaskStatus.Running, task.LastStatus);
        foreach (var status in new[] { TaskStatus.Deactivating, TaskStatus.Stopping, TaskStatus.Deprovisioning })
        {
            task = Written(task, definition);
            Assert.Equal(status, task.LastStatus);
        }

        Assert.Equal([new(TaskJobKind.CleanUp)], Plan(task, definition).Jobs);
        task = TaskChanges.Ended(task, Now, TimeSpan.FromHours(1));
        Assert.Equal((TaskStatus.Stopped, Now.AddHours(1)), (task.LastStatus, task.WakeAt!.Value));
        Assert.Null(Plan(task, definition).Changed);
    }

    [Fact]
    public void A_container_starts_when_its_dependencies_hold()
    {
        var definition = TaskSamples.Definition(
            TaskSamples.Container("init", essential: false),
            TaskSamples.Container("db", check: true),
            TaskSamples.Container("main", dependsOn: [("init", ContainerCondition.Success), ("db", ContainerCondition.Healthy)]));
        var task = TaskSamples.Activating(definition);
        Assert.Equal(["init", "db"], Plan(task, definition).Jobs.Select(job => job.Container));

        task = TaskChanges.Started(TaskChanges.Started(task, "init", 0, "i", Now), "db", 0, "d", Now);
        Assert.DoesNotContain(new(TaskJobKind.Start, "main"), Plan(task, definition).Jobs);

        task = TaskChanges.Exited(task, "init", 0, new() { ExitCode = 0 }, Now);
        Assert.DoesNotContain(new(TaskJobKind.Start, "main"), Plan(task, definition).Jobs);

        task = TaskChanges.Health(task, "db", 0, HealthStatus.Healthy);
        Assert.Contains(new(TaskJobKind.Start, "main"), Plan(task, definition).Jobs);
    }

    [Fact]
    public void A_dependency_that_can_never_hold_ends_the_task()
    {
        var definition = TaskSamples.Definition(
            TaskSamples.Container("init", essential: false), TaskSamples.Container("main", dependsOn: [("init", ContainerCondition.Success)]));
        var task = TaskChanges.Started(TaskSamples.Activating(definition), "init", 0, "i", Now);
        task = Written(TaskChanges.Exited(task, "init", 0, new() { ExitCode = 4 }, Now), definition);
        Assert.True(task.Container("main").FailedToStart);
        task = Written(task, definition);
        Assert.Equal(TaskStopCode.TaskFailedToStart, task.StopCode);
        Assert.Contains("did not exit successfully", task.StoppedReason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dependency_times_out_after_its_start_timeout()
    {
        var definition = TaskSamples.Definition(
            TaskSamples.Container("slow", essential: false, startTimeout: 30), TaskSamples.Container("main", dependsOn: [("slow", ContainerCondition.Complete)]));
        var task = TaskChanges.Started(TaskSamples.Activating(definition), "slow", 0, "i", Now);
        Assert.Equal(Now.AddSeconds(30), TaskPlan.For(task, definition, Now.AddSeconds(29)).WakeAt);
        var late = TaskPlan.For(task, definition, Now.AddSeconds(30)).Changed!;
        Assert.Contains("timed out", late.Container("main").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_depends_on_a_container_stops_before_it()
    {
        var definition = TaskSamples.Definition(
            TaskSamples.Container("db"), TaskSamples.Container("app", dependsOn: [("db", ContainerCondition.Start)]));
        var task = TaskSamples.Activating(definition);
        task = TaskChanges.Started(TaskChanges.Started(task, "db", 0, "d", Now), "app", 0, "a", Now);
        task = TaskChanges.Stop(task, TaskStopCode.UserInitiated, "r", Now) with { LastStatus = TaskStatus.Stopping };
        Assert.Equal([new(TaskJobKind.Stop, "app")], Plan(task, definition).Jobs);
        task = TaskChanges.Exited(task, "app", 0, new() { Signal = 15 }, Now);
        Assert.Equal(143, task.Container("app").ExitCode);
        Assert.Equal([new(TaskJobKind.Stop, "db")], Plan(task, definition).Jobs);
        task = Written(TaskChanges.Exited(task, "db", 0, new() { ExitCode = 0 }, Now.AddSeconds(1)), definition);
        Assert.Equal((TaskStatus.Deprovisioning, Now.AddSeconds(1)), (task.LastStatus, task.ExecutionStoppedAt!.Value));
    }

    [Theory]
    [InlineData(61, 1, true)]
    [InlineData(59, 1, false)]
    [InlineData(61, 9, false)]
    public void A_container_is_restarted_by_its_policy(int ranSeconds, int exitCode, bool isRestarted)
    {
        var definition = TaskSamples.Definition(TaskSamples.Container("main", restart: new() { Enabled = true, RestartAttemptPeriod = 60, IgnoredExitCodes = [9] }));
        var task = Written(TaskChanges.Started(TaskSamples.Activating(definition), "main", 0, "id", Now), definition);
        task = Written(TaskChanges.Exited(task, "main", 0, new() { ExitCode = exitCode }, Now.AddSeconds(ranSeconds)), definition);
        Assert.Equal(isRestarted, !task.WantsToStop);
        Assert.Equal(isRestarted ? 1 : 0, task.Container("main").Attempt);

        // What the first start reports late does not touch the second.
        Assert.Equal(task.Containers, TaskChanges.Exited(task, "main", 0, new() { ExitCode = 5 }, Now).Containers);
    }

    [Fact]
    public void The_end_of_a_container_that_is_not_essential_leaves_the_task_running()
    {
        var definition = TaskSamples.Definition(TaskSamples.Container("side", essential: false), TaskSamples.Container("main"));
        var task = TaskSamples.Activating(definition);
        task = Written(TaskChanges.Started(TaskChanges.Started(task, "side", 0, "s", Now), "main", 0, "m", Now), definition);
        task = TaskChanges.Exited(task, "side", 0, new() { ExitCode = 1 }, Now);
        Assert.Null(Plan(task, definition).Changed);
        Assert.Equal([new(TaskJobKind.Watch, "main")], Plan(task, definition).Jobs);
    }

    [Fact]
    public void A_task_that_is_stopped_before_it_has_a_place_never_starts()
    {
        var definition = TaskSamples.Definition(TaskSamples.Container("main"));
        var task = TaskChanges.Stop(TaskChanges.Waiting(TaskSamples.Task(definition)), TaskStopCode.UserInitiated, "no more", Now);
        task = Written(task, definition);
        Assert.Equal((TaskStatus.Deprovisioning, "no more"), (task.LastStatus, task.StoppedReason));
        Assert.All(task.Containers, container => Assert.True(container is { IsStopped: true, ExitCode: null }));
    }

    [Fact]
    public void Reasons_of_an_end_are_in_the_words_of_AWS()
    {
        var definition = TaskSamples.Definition(TaskSamples.Container("main"));
        var task = TaskChanges.Started(TaskSamples.Activating(definition), "main", 0, "id", Now);
        var killed = TaskChanges.Exited(task, "main", 0, new() { Signal = 9, OutOfMemory = true }, Now).Container("main");
        Assert.Equal((137, "OutOfMemoryError: Container killed due to memory usage"), (killed.ExitCode!.Value, killed.Reason));
        Assert.Null(TaskChanges.Exited(task, "main", 0, new() { Lost = true }, Now).Container("main").ExitCode);

        // The first reason stays.
        var stopped = TaskChanges.Stop(TaskChanges.Stop(task, TaskStopCode.UserInitiated, "first", Now), TaskStopCode.EssentialContainerExited, "second", Now);
        Assert.Equal((TaskStopCode.UserInitiated, "first"), (stopped.StopCode, stopped.StoppedReason));
    }

    private static TaskStep Plan(TaskRecord task, TaskDefinition definition) => TaskPlan.For(task, definition, Now);

    private static TaskRecord Written(TaskRecord task, TaskDefinition definition) => Plan(task, definition).Changed ?? throw new InvalidOperationException("Nothing is to be written.");
}
