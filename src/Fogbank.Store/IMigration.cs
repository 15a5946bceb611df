namespace Fogbank.Store;

/// <summary>What a <see cref="MigrationStep"/> can do.</summary>
public interface IMigration
{
    /// <summary>Rewrites every record: its index columns and wake time follow. Returning null deletes the row.</summary>
    void Rewrite<T>(Table<T> table, Func<StoreKey, T, T?> change)
        where T : class;

    /// <summary>Fills index columns and wake times anew from the records.</summary>
    void Reindex<T>(Table<T> table)
        where T : class;

    /// <summary>Reads a table under another codec than today's, to move its rows elsewhere.</summary>
    void ForEach<T>(Table<T> table, Action<StoreKey, T> action)
        where T : class;

    /// <summary>Drops a table that is no longer declared; nothing happens when it does not exist.</summary>
    void Drop(string tableName);

    /// <summary>The transaction of the migration, for writes to other tables.</summary>
    ITransaction Transaction { get; }
}
