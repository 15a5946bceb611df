using System.Globalization;

namespace Fogbank.Store;

/// <summary>Names a blob of one database. Opaque: records keep it (as its number), nobody reads meaning into it. Never used twice.</summary>
public readonly record struct BlobId(long Value)
{
    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
