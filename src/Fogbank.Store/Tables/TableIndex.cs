namespace Fogbank.Store;

/// <summary>A declared index column of a table: what the column holds follows from the record, and only from the record.</summary>
/// <param name="Name">Lower case letters, digits and underscores; stays for ever.</param>
/// <param name="Value">Pure. When it changes for records that exist, a migration step must <see cref="IMigration.Reindex"/> the table.</param>
public sealed record TableIndex<T>(string Name, Func<T, IndexValue> Value)
    where T : class;
