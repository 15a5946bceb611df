namespace Fogbank.Store;

/// <summary>A key that is due.</summary>
/// <param name="Key">Of the row; for an outbox the ordering key.</param>
/// <param name="WakeAt">Since when.</param>
/// <param name="Version">Of the row; for an outbox the number of its head.</param>
public readonly record struct DueKey(StoreKey Key, DateTimeOffset WakeAt, long Version);
