using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>What of the machine is promised to tasks, and who waits. In memory: a new run of the region counts again.</summary>
internal sealed class MachineLedger(EcsOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TaskKey, MachineShare> _admitted = [];
    private readonly Dictionary<TaskKey, WaitingTask> _waiting = [];

    /// <summary>All that may be promised.</summary>
    internal MachineShare Total { get; } = new(
        (long)((options.Cpus ?? Environment.ProcessorCount) * options.CpuOvercommit * 1024),
        (long)((options.MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) * options.MemoryOvercommit / (1024 * 1024)));

    /// <summary>Counts a task that has its place already.</summary>
    internal void Restore(TaskRecord task)
    {
        lock (_lock)
        {
            _admitted[task.Key] = ShareOf(task);
        }
    }

    /// <summary>Whether a task has its place now. Where not, it waits in line.</summary>
    internal bool TryAdmit(TaskRecord task)
    {
        lock (_lock)
        {
            if (_admitted.ContainsKey(task.Key))
            {
                return true;
            }

            _waiting[task.Key] = new(task.Key, task.CreatedAt, ShareOf(task));
            if (!Select().Any(chosen => chosen.Key == task.Key))
            {
                return false;
            }

            _waiting.Remove(task.Key);
            _admitted[task.Key] = ShareOf(task);
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <returns>Who may have one now.</returns>
    internal IReadOnlyList<TaskKey> Release(TaskKey task)
    {
        lock (_lock)
        {
            _waiting.Remove(task);
            _admitted.Remove(task);
            return [.. Select().Select(chosen => chosen.Key)];
        }
    }

    private IReadOnlyList<WaitingTask> Select()
    {
        var used = _admitted.Values.Aggregate(default(MachineShare), (sum, share) => sum + share);
        return Admission.Select(_waiting.Values, used, Total, time.GetUtcNow());
    }

    private static MachineShare ShareOf(TaskRecord task) => new(task.CpuUnits, task.MemoryMegabytes);
}
