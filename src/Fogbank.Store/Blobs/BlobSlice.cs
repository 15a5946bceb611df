namespace Fogbank.Store;

/// <summary>A range of a blob, as a part of a composed one.</summary>
/// <param name="Offset">From the start of <paramref name="Blob"/>.</param>
/// <param name="Length">In bytes; the range must lie inside the blob.</param>
public readonly record struct BlobSlice(BlobId Blob, long Offset, long Length);
