namespace Fogbank.Engines.Oci.Images;

/// <summary>Bytes that come in pieces and are read where they lie.</summary>
internal interface IChunkSource
{
    /// <summary>The next piece, which stays as it is until the next call; empty at the end. May block.</summary>
    ReadOnlyMemory<byte> Next();
}
