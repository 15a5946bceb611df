namespace Fogbank.Store;

/// <summary>What kind of trouble a <see cref="StoreException"/> tells of.</summary>
public enum StoreError
{
    /// <summary>The disk or file system failed or is full.</summary>
    Io,

    /// <summary>Another process holds the data folder.</summary>
    Locked,

    /// <summary>The file was written by a later version.</summary>
    NewerSchema,

    /// <summary>Stored bytes are damaged.</summary>
    Corrupt,

    /// <summary>The writer's queue is full: try again later.</summary>
    Busy,

    /// <summary>The store is closed or closing.</summary>
    Closed,
}
