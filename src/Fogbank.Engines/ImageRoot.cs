namespace Fogbank.Engines;

/// <summary>The root file system of a container: layers on each other. A driver unpacks each layer once and shares it between workloads.</summary>
public sealed record ImageRoot
{
    /// <summary>Layers, the lowest first; may be empty for an empty root.</summary>
    public required IReadOnlyList<ImageLayer> Layers { get; init; }

    /// <summary>Most bytes that its layers may unpack to together; more is <see cref="EngineErrorKind.ArtifactTooLarge"/>. Null: only the driver's limit.</summary>
    public long? MaxUnpackedBytes { get; init; }
}
