namespace Fogbank.Engines.Oci.Images;

/// <summary>What one layer may unpack to. More is an <see cref="EngineException"/> of kind <see cref="EngineErrorKind.ArtifactTooLarge"/>.</summary>
internal sealed record LayerLimits
{
    /// <summary>Most bytes of the archive, and most bytes that its files may have together (holes of sparse files count as bytes).</summary>
    public long MaxBytes { get; init; } = 20L * 1024 * 1024 * 1024;

    /// <summary>Most entries.</summary>
    public int MaxEntries { get; init; } = 1_000_000;

    /// <summary>Most folders above a file.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>Most bytes that the paths of all folders may have together: their times are set last, so they are kept in memory until then.</summary>
    public long MaxFolderPathBytes { get; init; } = 64L * 1024 * 1024;
}
