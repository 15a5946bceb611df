namespace Fogbank.Services.Ecs.Domain;

/// <summary>What comes next for a task.</summary>
/// <param name="Changed">The task as it is to be written; null where only work is to be done.</param>
/// <param name="Jobs">Work to begin, where it is not under way.</param>
/// <param name="WakeAt">When to look again although nothing happens; null where there is no such time.</param>
internal sealed record TaskStep(TaskRecord? Changed, IReadOnlyList<TaskJob> Jobs, DateTimeOffset? WakeAt)
{
    internal static TaskStep Write(TaskRecord changed) => new(changed, [], null);

    internal static TaskStep Work(params IReadOnlyList<TaskJob> jobs) => new(null, jobs, null);
}
