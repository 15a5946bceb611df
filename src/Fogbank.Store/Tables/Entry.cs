namespace Fogbank.Store;

/// <summary>A row that a scan found.</summary>
public readonly record struct Entry<T>(StoreKey Key, T Value, long Version)
    where T : class;
