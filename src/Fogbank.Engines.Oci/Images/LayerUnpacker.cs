namespace Fogbank.Engines.Oci.Images;

/// <summary>Unpacks layers.</summary>
internal static class LayerUnpacker
{
    /// <summary>Unpacks a layer into the folder <see cref="LayerRecord.Content"/> of <paramref name="folder"/>.</summary>
    internal static Task<UnpackedLayer> UnpackAsync(ImageLayer layer, string folder, LayerLimits limits, CancellationToken cancellationToken) =>
        throw new EngineException(EngineErrorKind.Unsupported, "Image layers cannot be unpacked yet.");
}
