namespace Fogbank.Services.Ecr.Domain;

/// <summary>What a manifest says that the registry acts on. The rest of it is the client's own affair.</summary>
internal sealed record ManifestFacts
{
    public required string MediaType { get; init; }

    /// <summary>It names other manifests instead of blobs.</summary>
    public required bool IsIndex { get; init; }

    /// <summary>Its <c>artifactType</c>, else the media type of its configuration.</summary>
    public string? ArtifactType { get; init; }

    public string? Subject { get; init; }

    /// <summary>Null for an index.</summary>
    public ManifestDescriptor? Config { get; init; }

    /// <summary>Layers, the lowest first.</summary>
    public IReadOnlyList<ManifestDescriptor> Layers { get; init; } = [];

    /// <summary>Manifests of an index.</summary>
    public IReadOnlyList<ManifestDescriptor> Children { get; init; } = [];

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Configuration and layers that must be in the repository: each digest once, and not what may be fetched elsewhere.</summary>
    internal IEnumerable<ManifestDescriptor> RequiredBlobs() =>
        (Config is null ? Layers : Layers.Prepend(Config)).Where(static blob => !blob.IsForeign).DistinctBy(static blob => blob.Digest);
}

/// <summary>A reference of a manifest to a blob or another manifest.</summary>
internal sealed record ManifestDescriptor(string MediaType, string Digest, long SizeBytes)
{
    /// <summary>Its bytes may be fetched from other places and need not be pushed: layers that may not be distributed.</summary>
    public bool IsForeign { get; init; }

    /// <summary>In an index: what runs it; null where it does not say.</summary>
    public string? Os { get; init; }

    /// <inheritdoc cref="Os"/>
    public string? Architecture { get; init; }

    /// <summary>Annotations of the reference; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
