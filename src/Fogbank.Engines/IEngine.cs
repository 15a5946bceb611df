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

    /// <summary>
    /// Starts a workload and returns once its command runs (its program has been executed; it may have ended since). Nothing is left
    /// behind when it throws or is cancelled. The caller disposes the workload, also after it ended by itself. Ids must be unique
    /// among workloads that are not disposed yet.
    /// </summary>
    /// <exception cref="EngineException">The workload could not be started; <see cref="EngineException.Kind"/> says why.</exception>
    ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken);
}
