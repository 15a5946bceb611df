namespace Fogbank.Services.Ecs.Domain;

/// <summary>Part of a machine, in CPU units (1024 are a vCPU) and MiB.</summary>
internal readonly record struct MachineShare(long CpuUnits, long Megabytes)
{
    public static MachineShare operator +(MachineShare left, MachineShare right) => new(left.CpuUnits + right.CpuUnits, left.Megabytes + right.Megabytes);

    public static MachineShare operator -(MachineShare left, MachineShare right) => new(left.CpuUnits - right.CpuUnits, left.Megabytes - right.Megabytes);

    internal bool Holds(MachineShare other) => other.CpuUnits <= CpuUnits && other.Megabytes <= Megabytes;
}

/// <summary>A task that has no place yet.</summary>
internal readonly record struct WaitingTask(TaskKey Key, DateTimeOffset CreatedAt, MachineShare Share);

/// <summary>Which waiting tasks get the free part of the machine. Pure.</summary>
internal static class Admission
{
    /// <summary>How long smaller, later tasks may pass one that would fit the machine if it were empty.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Those to admit now, oldest first. Once a task has waited long enough nobody passes it any more, so that it gets its place at
    /// last; one that the whole machine could not hold keeps nobody waiting.</summary>
    internal static IReadOnlyList<WaitingTask> Select(IEnumerable<WaitingTask> waiting, MachineShare used, MachineShare total, DateTimeOffset now)
    {
        var chosen = new List<WaitingTask>();
        foreach (var task in waiting.OrderBy(task => task.CreatedAt).ThenBy(task => task.Key.Id, StringComparer.Ordinal))
        {
            if ((total - used).Holds(task.Share))
            {
                used += task.Share;
                chosen.Add(task);
            }
            else if (total.Holds(task.Share) && now - task.CreatedAt > Patience)
            {
                break;
            }
        }

        return chosen;
    }
}
