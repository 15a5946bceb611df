namespace Fogbank.Engines;

/// <summary>A tar archive of changes to the layers below it, in the form of the OCI image specification (layer.md): white-outs are marker files.</summary>
public sealed record ImageLayer
{
    /// <summary>Lower-case hexadecimal SHA-256 of the bytes that <see cref="OpenAsync"/> gives; checked while unpacking.</summary>
    public required string Digest { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 of the uncompressed archive; checked while unpacking, and the name under which it is kept.</summary>
    public required string DiffId { get; init; }

    /// <summary>How the bytes are compressed.</summary>
    public required LayerCompression Compression { get; init; }

    /// <summary>Bytes that <see cref="OpenAsync"/> gives.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Opens the bytes; called only when the layer is not cached. The driver disposes the stream. It need not be seekable.</summary>
    public required Func<CancellationToken, ValueTask<Stream>> OpenAsync { get; init; }
}
