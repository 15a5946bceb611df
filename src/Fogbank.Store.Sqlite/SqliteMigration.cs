namespace Fogbank.Store.Sqlite;

/// <summary>What migration steps are given.</summary>
internal sealed class SqliteMigration(SqliteDatabase database, SqliteTransaction transaction) : IMigration
{
    public ITransaction Transaction => transaction;

    public void Rewrite<T>(Table<T> table, Func<StoreKey, T, T?> change)
        where T : class =>
        ForEach(
            table,
            (key, value) =>
            {
                if (change(key, value) is { } changed)
                {
                    transaction.Put(table, key, changed);
                }
                else
                {
                    transaction.Delete(table, key);
                }
            });

    public void Reindex<T>(Table<T> table)
        where T : class => database.Of(table).Reindex(transaction.Connection);

    public void ForEach<T>(Table<T> table, Action<StoreKey, T> action)
        where T : class
    {
        // Under a codec of the past the table is another object of the same name.
        var sql = new TableSql<T>(table);
        ScanToken? after = null;
        do
        {
            var page = sql.Scan(transaction.Connection, KeyRange.All, 500, after, false);
            foreach (var entry in page.Items)
            {
                action(entry.Key, entry.Value);
            }

            after = page.Next;
        }
        while (after is not null);
    }

    public void Drop(string tableName)
    {
        StoreNames.Check(tableName);
        transaction.Connection.Execute($"DROP TABLE IF EXISTS \"{tableName}\"; DROP TABLE IF EXISTS \"{tableName}:head\"");
    }
}
