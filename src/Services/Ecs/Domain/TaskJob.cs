namespace Fogbank.Services.Ecs.Domain;

/// <summary>A piece of work that brings a task on. Each may be begun again at any time: it finds what was done already.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Container">On which container; empty for the task as a whole.</param>
internal readonly record struct TaskJob(TaskJobKind Kind, string Container = "");

/// <summary>Kinds of <see cref="TaskJob"/>.</summary>
internal enum TaskJobKind
{
    /// <summary>Takes a place on the machine and an address; waits where there is none.</summary>
    Admit,

    /// <summary>Makes log streams, reads environment files, pulls images.</summary>
    Prepare,

    /// <summary>Starts a container, in the task's frame, which is made where it is missing.</summary>
    Start,

    /// <summary>Watches a container that was started, maybe by an earlier run of the region.</summary>
    Watch,

    /// <summary>Asks a container to end, and kills it after its grace.</summary>
    Stop,

    /// <summary>Delivers the last of the logs and gives everything back.</summary>
    CleanUp,
}
