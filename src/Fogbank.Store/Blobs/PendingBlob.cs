namespace Fogbank.Store;

/// <summary>
/// A blob that is written and not yet part of the database: <see cref="ITransaction.AttachBlob(PendingBlob)"/> makes it so. Disposing one that was not
/// attached (or whose transaction failed) deletes it; after a successful commit disposing does nothing.
/// </summary>
public abstract class PendingBlob : IAsyncDisposable
{
    /// <summary>In bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads what was written, to verify it before it is attached.</summary>
    public abstract Stream OpenRead();

    public abstract ValueTask DisposeAsync();
}
