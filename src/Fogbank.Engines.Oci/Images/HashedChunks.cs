using System.Security.Cryptography;

namespace Fogbank.Engines.Oci.Images;

/// <summary>Hashes the pieces that pass.</summary>
internal sealed class HashedChunks(IChunkSource source) : IChunkSource, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public ReadOnlyMemory<byte> Next()
    {
        var chunk = source.Next();
        _hash.AppendData(chunk.Span);
        return chunk;
    }

    /// <summary>Of all pieces so far, in lower-case hexadecimal.</summary>
    internal string Digest() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
