using System.Collections.Concurrent;

namespace Fogbank.Tests.Unit.Ecs;

/// <summary>What stays on a machine when a region ends: groups and their workloads. It can also stop answering at a chosen point, as if the region died there.</summary>
internal sealed class FakeMachine
{
    private int _points;

    internal ConcurrentDictionary<string, FakeGroupState> Groups { get; } = new();

    /// <summary>Every start of a command that really happened.</summary>
    internal ConcurrentQueue<string> Starts { get; } = new();

    /// <summary>The point, counted from 1, from which on nothing answers; 0 for never.</summary>
    internal int HangAt { get; set; }

    internal TaskCompletionSource Hung { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passed before and after everything that an engine does.</summary>
    internal async ValueTask PointAsync(CancellationToken cancellationToken)
    {
        if (HangAt > 0 && Interlocked.Increment(ref _points) >= HangAt)
        {
            Hung.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    internal void Recover() => HangAt = 0;
}

/// <summary>A group on the machine.</summary>
internal sealed class FakeGroupState
{
    internal ConcurrentDictionary<string, FakeWorkloadState> Workloads { get; } = new();
}

/// <summary>A workload on the machine.</summary>
internal sealed class FakeWorkloadState
{
    internal required Fogbank.Engines.WorkloadSpec Spec { get; init; }

    internal required DateTimeOffset StartedAt { get; init; }

    internal TaskCompletionSource<Fogbank.Engines.WorkloadExit> Exit { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string Output { get; set; } = "";
}
