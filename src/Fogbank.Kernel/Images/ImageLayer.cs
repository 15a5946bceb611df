namespace Fogbank.Kernel.Images;

/// <summary>One layer of an image: an archive of changes to the layers below it.</summary>
public sealed record ImageLayer
{
    /// <summary>Digest of the bytes that <see cref="OpenAsync"/> gives, <c>sha256:…</c>.</summary>
    public required string Digest { get; init; }

    /// <summary>Digest of the uncompressed archive as the configuration states it, <c>sha256:…</c>.</summary>
    public required string DiffId { get; init; }

    /// <summary>Its media type, from which the compression follows.</summary>
    public required string MediaType { get; init; }

    /// <summary>Bytes as stored.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Opens the stored bytes; the caller disposes the stream. Throws <see cref="ImageException"/> of kind Damaged where they are gone.</summary>
    public required Func<CancellationToken, ValueTask<Stream>> OpenAsync { get; init; }
}
