namespace Fogbank.Store;

/// <summary>What a look-up found.</summary>
/// <param name="Value">The record, or null when there is none.</param>
/// <param name="Version">
/// 0 when there is none. Otherwise a number that grows with every write of the database, so it never comes back, not even after delete and create.
/// </param>
public readonly record struct Versioned<T>(T? Value, long Version)
    where T : class;
