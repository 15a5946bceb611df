namespace Fogbank.Engines;

/// <summary>Stands in the place of a driver that this machine cannot have, and says so.</summary>
public sealed class MissingEngine(string name, string reason, IReadOnlyList<EngineRequirement> requirements) : IEngine
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; } = new()
    {
        ArtifactKinds = new HashSet<ArtifactKind>(),
        OwnRoot = false,
        OwnNetwork = false,
        MemoryLimit = false,
        CpuLimit = false,
        PidsLimit = false,
        TmpLimit = false,
        Freeze = false,
    };

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.None;

    /// <inheritdoc/>
    public string IsolationReason => reason;

    /// <inheritdoc/>
    public IReadOnlyList<EngineRequirement> Requirements => requirements;

    /// <inheritdoc/>
    public ValueTask PrepareAsync(Artifact artifact, CancellationToken cancellationToken) => throw Missing();

    /// <inheritdoc/>
    public ValueTask PrepareAsync(ImageRoot image, CancellationToken cancellationToken) => throw Missing();

    /// <inheritdoc/>
    public ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken) => throw Missing();

    /// <inheritdoc/>
    public ValueTask<IWorkloadGroup> CreateGroupAsync(GroupSpec spec, CancellationToken cancellationToken) => throw Missing();

    /// <inheritdoc/>
    public ValueTask<IWorkloadGroup?> FindGroupAsync(string id, CancellationToken cancellationToken) => throw Missing();

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListGroupsAsync(CancellationToken cancellationToken) => throw Missing();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private EngineException Missing() => new(EngineErrorKind.Unsupported, reason);
}
