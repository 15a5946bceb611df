namespace Fogbank.Store;

/// <summary>Takes the bytes of a new blob. Not for use by two at once. Disposing without completing deletes what was written.</summary>
public abstract class BlobWriter : IAsyncDisposable
{
    /// <summary>Bytes written so far.</summary>
    public abstract long Length { get; }

    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Ends the blob; it is as durable as configured once a transaction that attached it has committed.</summary>
    public abstract ValueTask<PendingBlob> CompleteAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
