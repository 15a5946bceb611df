namespace Fogbank.Engines;

/// <summary>A driver that runs workloads. One instance lives as long as the region; every member may be called from many threads at once.</summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>The driver's name as the user configures it, for example <c>process</c>.</summary>
    string Name { get; }

    /// <summary>What this driver can do on this machine. What it cannot is an <see cref="EngineException"/>, never a silent no-op.</summary>
    EngineCapabilities Capabilities { get; }

    /// <summary>How well workloads are kept apart here.</summary>
    IsolationLevel Isolation { get; }

    /// <summary>One sentence for status and banner that says why <see cref="Isolation"/> is what it is.</summary>
    string IsolationReason { get; }

    /// <summary>
    /// Brings an artifact into the driver's cache, so that a later start does not pay for it. May be called repeatedly and at once;
    /// the archive is read at most once. Throws <see cref="EngineException"/> of kind <see cref="EngineErrorKind.ArtifactInvalid"/> or
    /// <see cref="EngineErrorKind.ArtifactTooLarge"/>.
    /// </summary>
    ValueTask PrepareAsync(Artifact artifact, CancellationToken cancellationToken);

    /// <summary>Brings an image's layers into the driver's cache, several at once. As for artifacts otherwise.</summary>
    ValueTask PrepareAsync(ImageRoot image, CancellationToken cancellationToken);

    /// <summary>What this driver needs of the machine, and whether it is there.</summary>
    IReadOnlyList<EngineRequirement> Requirements { get; }

    /// <summary>
    /// Makes a group, or finds the durable one of this id that exists already; workloads are then started in it. Nothing is left behind
    /// when it throws or is cancelled.
    /// </summary>
    ValueTask<IWorkloadGroup> CreateGroupAsync(GroupSpec spec, CancellationToken cancellationToken);

    /// <summary>Finds a durable group that an earlier region made and nobody removed, with what still runs in it and what has ended; null
    /// where there is none. Its listeners are made again.</summary>
    ValueTask<IWorkloadGroup?> FindGroupAsync(string id, CancellationToken cancellationToken);

    /// <summary>Ids of all durable groups on the machine that belong to this region's data folder, also those that no record claims.</summary>
    IAsyncEnumerable<string> ListGroupsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Starts a workload of its own, outside any group, and returns once its command runs (its program has been executed; it may have ended since). Nothing is left
    /// behind when it throws or is cancelled. The caller disposes the workload, also after it ended by itself. Ids must be unique
    /// among workloads that are not disposed yet.
    /// </summary>
    /// <exception cref="EngineException">The workload could not be started; <see cref="EngineException.Kind"/> says why.</exception>
    ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken);
}
