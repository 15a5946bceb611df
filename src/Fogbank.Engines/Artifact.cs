namespace Fogbank.Engines;

/// <summary>Code that a workload runs, named by its content. A driver unpacks it once and shares it read-only between workloads.</summary>
public sealed record Artifact
{
    /// <summary>Lower-case hexadecimal SHA-256 of the bytes that <see cref="OpenAsync"/> gives; checked while unpacking.</summary>
    public required string Digest { get; init; }

    /// <summary>What the bytes are.</summary>
    public required ArtifactKind Kind { get; init; }

    /// <summary>Opens the bytes; called only when the artifact is not cached. The driver disposes the stream. It need not be seekable.</summary>
    public required Func<CancellationToken, ValueTask<Stream>> OpenAsync { get; init; }

    /// <summary>Most bytes that the unpacked files may have together.</summary>
    public long MaxUnpackedBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Most entries that the archive may have.</summary>
    public int MaxEntries { get; init; } = 100_000;
}
