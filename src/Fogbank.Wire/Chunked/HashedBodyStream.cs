using System.Security.Cryptography;
using Fogbank.Wire.Signing;

namespace Fogbank.Wire.Chunked;

/// <summary>Hands a body through and holds it against the hash that its client stated. The read that finds its end throws where it differs.</summary>
internal sealed class HashedBodyStream(Stream inner, string statedHash) : ReadOnlyBodyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _isDone;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _isDone ? 0 : await inner.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _hash.AppendData(buffer.Span[..read]);
        }
        else if (!_isDone && !buffer.IsEmpty)
        {
            _isDone = true;
            var computed = Convert.ToHexStringLower(_hash.GetHashAndReset());
            if (!computed.Equals(statedHash, StringComparison.OrdinalIgnoreCase))
            {
                throw SigningErrors.PayloadMismatch(statedHash, computed);
            }
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
