namespace Fogbank.Engines.Oci.Images;

/// <summary>What <see cref="LayerUnpacker"/> made.</summary>
/// <param name="Bytes">Bytes on disk, about.</param>
/// <param name="Entries">Entries that the archive had.</param>
/// <param name="ReplacesRoot">The archive says that nothing of the layers below is to be seen.</param>
internal sealed record UnpackedLayer(long Bytes, int Entries, bool ReplacesRoot);
