namespace Fogbank.Engines.Oci.Images;

/// <summary>Where and how much <see cref="LayerCache"/> keeps.</summary>
internal sealed record LayerCacheOptions
{
    /// <summary>The folder of the cache, for example <c>/var/lib/fogbank/cache/layers</c>. One process at a time uses it.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes on disk from which layers that nobody uses are removed, the one not used for longest first.</summary>
    public long MaxBytes { get; init; } = 32L * 1024 * 1024 * 1024;

    /// <summary>What one layer may unpack to.</summary>
    public LayerLimits Limits { get; init; } = new();

    /// <summary>Layers that unpack at the same time, for all images together. Each takes some 3 MB of memory, in Zstandard up to 128 MB more.</summary>
    public int Parallel { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 8);

    /// <summary>How long after unpacking a layer is made to outlive a crash of the machine (until then such a crash costs unpacking it again).</summary>
    public TimeSpan SyncAfter { get; init; } = TimeSpan.FromSeconds(30);
}
