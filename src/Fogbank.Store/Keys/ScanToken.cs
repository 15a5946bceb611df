using System.Buffers.Text;

namespace Fogbank.Store;

/// <summary>
/// Where a scan goes on. It is tied to nothing but the order of keys: it stays good when rows come and go, and is of use only to the same kind
/// of scan (same table or index, same direction). <see cref="ToString"/> is URL-safe; a service that hands it out should seal or check what it gets back:
/// a changed token reads another place of the same range, never outside it.
/// </summary>
public readonly struct ScanToken : IEquatable<ScanToken>
{
    private readonly byte[]? _bytes;

    internal ScanToken(byte[] bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Span => _bytes;

    /// <summary>A token that makes a table scan go on behind (or, in reverse, before) a key.</summary>
    public static ScanToken At(StoreKey key) => new(key.Span.ToArray());

    /// <summary>Reads what <see cref="ToString"/> wrote; false when the text is not such a token.</summary>
    public static bool TryParse(string? text, out ScanToken token)
    {
        token = default;
        if (string.IsNullOrEmpty(text) || !Base64Url.IsValid(text))
        {
            return false;
        }

        token = new ScanToken(Base64Url.DecodeFromChars(text));
        return true;
    }

    public override string ToString() => Base64Url.EncodeToString(Span);

    public bool Equals(ScanToken other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ScanToken other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(ScanToken left, ScanToken right) => left.Equals(right);

    public static bool operator !=(ScanToken left, ScanToken right) => !left.Equals(right);
}
