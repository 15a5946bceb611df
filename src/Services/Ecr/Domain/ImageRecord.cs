namespace Fogbank.Services.Ecr.Domain;

/// <summary>A manifest of a repository: an image, an index or an artifact.</summary>
internal sealed record ImageRecord
{
    /// <summary>Of the manifest's bytes, <c>sha256:…</c> (or <c>sha512:…</c> where the client pushed by such a digest).</summary>
    public required string Digest { get; init; }

    public required string MediaType { get; init; }

    /// <summary>The manifest's <c>artifactType</c>, else the media type of its configuration; null for an index without.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The manifest that this one refers to, whether that exists or not.</summary>
    public string? Subject { get; init; }

    /// <summary>The manifest's bytes.</summary>
    public required long ManifestBlob { get; init; }

    public required int ManifestBytes { get; init; }

    /// <summary>Configuration and layers as stored; of an index the largest of its images.</summary>
    public required long SizeBytes { get; init; }

    public required DateTimeOffset PushedAt { get; init; }

    /// <summary>Recorded at most once a day, as AWS does; null: never pulled.</summary>
    public DateTimeOffset? LastPulledAt { get; init; }

    /// <summary>Digests of configuration and layers, each once: the links that this image holds.</summary>
    public IReadOnlyList<string> Blobs { get; init; } = [];

    /// <summary>Digests of the images of an index, each once.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];

    /// <summary>How many indexes of the repository name this image: above 0 it cannot be deleted.</summary>
    public int Parents { get; init; }

    /// <summary>How many tags point here.</summary>
    public int TagCount { get; init; }
}
