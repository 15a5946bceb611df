namespace Fogbank.Store;

/// <summary>Where and how the state of a region is kept.</summary>
public sealed record StoreOptions
{
    /// <summary>The data folder; made when missing. With <see cref="Memory"/> it is not used.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>State lives in a private folder on tmpfs that goes away when the store is disposed.</summary>
    public bool Memory { get; init; }

    public Durability Durability { get; init; } = Durability.Process;

    /// <summary>Blobs up to this many bytes live in the database and its commit; larger ones are files.</summary>
    public int InlineBlobBytes { get; init; } = 16 * 1024;

    /// <summary>A log segment is closed when it has grown past this many bytes. 4 KiB to 1 GiB.</summary>
    public int LogSegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>A log segment is closed when its records span more than this: the grain of retention.</summary>
    public TimeSpan LogSegmentSpan { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Writes that may wait for a database's writer; more wait for a place in the queue.</summary>
    public int WriteQueueLength { get; init; } = 4096;
}
