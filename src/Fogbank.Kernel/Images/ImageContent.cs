namespace Fogbank.Kernel.Images;

/// <summary>An image of one platform: what to run, and the layers of its root file system.</summary>
public sealed record ImageContent
{
    /// <summary>What the name pointed at, <c>sha256:…</c>: an image or an index.</summary>
    public required string Digest { get; init; }

    /// <summary>The manifest of the platform's image, <c>sha256:…</c>; equal to <see cref="Digest"/> without an index.</summary>
    public required string ManifestDigest { get; init; }

    /// <summary>The account whose registry holds it.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The repository's name.</summary>
    public required string Repository { get; init; }

    /// <summary>How the image wants to be run.</summary>
    public required ImageConfiguration Configuration { get; init; }

    /// <summary>Layers, the lowest first.</summary>
    public required IReadOnlyList<ImageLayer> Layers { get; init; }
}
