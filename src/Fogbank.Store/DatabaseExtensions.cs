namespace Fogbank.Store;

/// <summary>Shorter forms of what <see cref="IDatabase"/> can do.</summary>
public static class DatabaseExtensions
{
    /// <inheritdoc cref="IDatabase.WriteAsync"/>
    public static ValueTask<TResult> WriteAsync<TResult>(
        this IDatabase database, Func<ITransaction, TResult> body, CancellationToken cancellationToken) =>
        database.WriteAsync(body, static (transaction, body) => body(transaction), cancellationToken);

    /// <inheritdoc cref="IDatabase.WriteAsync"/>
    public static async ValueTask WriteAsync(this IDatabase database, Action<ITransaction> body, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            body,
            static (transaction, body) =>
            {
                body(transaction);
                return true;
            },
            cancellationToken);

    /// <summary>Forwards from the start of the range (or from <paramref name="after"/>).</summary>
    public static ValueTask<ScanPage<T>> ScanAsync<T>(
        this IDatabase database, Table<T> table, KeyRange range, int limit, ScanToken? after, CancellationToken cancellationToken)
        where T : class =>
        database.ScanAsync(table, range, limit, after, false, cancellationToken);

    /// <summary>Every row of a range, page by page: for what is known to be bounded, or is streamed on.</summary>
    public static async IAsyncEnumerable<Entry<T>> ScanAllAsync<T>(
        this IDatabase database,
        Table<T> table,
        KeyRange range,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        ScanToken? after = null;
        do
        {
            var page = await database.ScanAsync(table, range, 256, after, false, cancellationToken);
            foreach (var entry in page.Items)
            {
                yield return entry;
            }

            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>A page of those rows of a range that fit a condition, and where the next one begins; null: there is none.</summary>
    public static async ValueTask<(IReadOnlyList<T> Items, ScanToken? Next)> ScanWhereAsync<T>(
        this IDatabase database,
        Table<T> table,
        KeyRange range,
        Func<T, bool> fits,
        int limit,
        ScanToken? after,
        CancellationToken cancellationToken)
        where T : class
    {
        var items = new List<T>();
        while (true)
        {
            var page = await database.ScanAsync(table, range, limit, after, cancellationToken);
            foreach (var entry in page.Items)
            {
                if (!fits(entry.Value))
                {
                    continue;
                }

                if (items.Count == limit)
                {
                    return (items, after);
                }

                items.Add(entry.Value);
                after = ScanToken.At(entry.Key);
            }

            if (page.Next is null)
            {
                return (items, null);
            }

            after = page.Next;
        }
    }

    /// <summary>The first row with exactly this index value, or nothing.</summary>
    public static async ValueTask<Entry<T>?> FindByIndexAsync<T>(
        this IDatabase database, Table<T> table, string index, IndexValue value, CancellationToken cancellationToken)
        where T : class
    {
        var page = await database.ScanIndexAsync(table, index, IndexRange.Equal(value), null, 1, null, cancellationToken);
        return page.Items is [var first, ..] ? first : null;
    }

    /// <summary>Encodes and appends records in a transaction of their own.</summary>
    /// <returns>The sequence number of the first one.</returns>
    public static ValueTask<long> AppendAsync<T>(
        this IDatabase database,
        Log<T> log,
        StoreKey partition,
        string stream,
        IReadOnlyList<LogEntry<T>> entries,
        CancellationToken cancellationToken)
        where T : class =>
        database.WriteAsync(
            (log, partition, stream, Batch: log.Encode(entries)),
            static (transaction, append) => transaction.Append(append.log, append.partition, append.stream, append.Batch),
            cancellationToken);

    /// <summary>Deletes everything (null, null), an account's, or an account's in one region, as <see cref="Kernel.IResettable"/> asks for it.</summary>
    /// <param name="group">Only tables, outboxes and logs whose name begins with it and a dot: what a service has in a database that it shares. Null: all.</param>
    public static ValueTask ResetAsync(
        this IDatabase database, string? accountId, string? region, string? group, CancellationToken cancellationToken) =>
        database.ResetAsync(
            accountId is null ? null : region is null ? StoreKey.OfAccount(accountId) : StoreKey.Of(accountId, region), group, cancellationToken);
}
