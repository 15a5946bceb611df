namespace Fogbank.Store;

/// <summary>
/// Bytes of any size. Small ones live in the database, large ones in files, and memory stays flat for both. A blob never changes, and lives as long as it has references:
/// they are taken and released in transactions (<see cref="ITransaction"/>).
/// </summary>
public interface IBlobs
{
    /// <summary>Begins a blob. Nothing is on disk before more bytes than fit inline have been written.</summary>
    BlobWriter Create();

    /// <summary>
    /// Opens a range for reading. Null: there is no such blob, usually because it was replaced after its record was read; read the record again.
    /// An open stream stays readable when the blob is released meanwhile.
    /// </summary>
    /// <param name="length">Null: to the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie inside the blob.</exception>
    ValueTask<Stream?> OpenReadAsync(BlobId blob, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>Its length in bytes, or null when there is no such blob.</summary>
    ValueTask<long?> FindLengthAsync(BlobId blob, CancellationToken cancellationToken);

    /// <summary>The blob that was attached under this digest, or null.</summary>
    ValueTask<BlobId?> FindAsync(string digest, CancellationToken cancellationToken);
}
