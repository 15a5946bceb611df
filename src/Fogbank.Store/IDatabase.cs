namespace Fogbank.Store;

/// <summary>
/// One database: tables, outboxes, logs and blobs that share a writer and its transactions. Safe for use from any number of threads.
/// Reads outside a transaction see the last commit and run on the caller's thread; they complete synchronously.
/// </summary>
public interface IDatabase
{
    /// <summary>The name of its schema, which is its file's.</summary>
    string Name { get; }

    IBlobs Blobs { get; }

    /// <summary>A row with its version; no value and version 0 where there is none.</summary>
    ValueTask<Versioned<T>> GetAsync<T>(Table<T> table, StoreKey key, CancellationToken cancellationToken)
        where T : class;

    /// <summary>One page of rows in key order.</summary>
    /// <param name="limit">At least 1.</param>
    /// <param name="after">The <see cref="ScanPage{T}.Next"/> of the page before, or null for the first.</param>
    /// <param name="reverse">From the end of the range towards its start.</param>
    ValueTask<ScanPage<T>> ScanAsync<T>(
        Table<T> table, KeyRange range, int limit, ScanToken? after, bool reverse, CancellationToken cancellationToken)
        where T : class;

    /// <summary>One page of rows in the order of an index column, then of keys.</summary>
    /// <param name="under">Only rows below this key; cheap when <paramref name="range"/> is one value.</param>
    ValueTask<ScanPage<T>> ScanIndexAsync<T>(
        Table<T> table, string index, IndexRange range, StoreKey? under, int limit, ScanToken? after, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Writes one row if its version is still <paramref name="expectedVersion"/> (0: if there is none). False: it is not; read again.</summary>
    ValueTask<bool> TryPutAsync<T>(Table<T> table, StoreKey key, T value, long expectedVersion, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Deletes one row if its version is still <paramref name="expectedVersion"/>.</summary>
    ValueTask<bool> TryDeleteAsync<T>(Table<T> table, StoreKey key, long expectedVersion, CancellationToken cancellationToken)
        where T : class;

    /// <summary>
    /// Runs <paramref name="body"/> once, alone, on the writer's thread, and completes when its changes are committed (durable as configured).
    /// It must be quick: no waiting, no I/O of its own. When it throws, its changes alone are undone and the caller gets the exception.
    /// The token can take it back only while it waits for its turn.
    /// </summary>
    /// <exception cref="StoreException">The commit failed; nothing of it happened.</exception>
    ValueTask<TResult> WriteAsync<TState, TResult>(
        TState state, Func<ITransaction, TState, TResult> body, CancellationToken cancellationToken);

    /// <summary>Who owns a global name, or null. <see cref="ITransaction.ClaimName"/> has the meaning of the words.</summary>
    ValueTask<StoreKey?> FindNameAsync(string kind, string name, CancellationToken cancellationToken);

    /// <summary>Reads records of a log in time order.</summary>
    ValueTask<LogPage<T>> ReadLogAsync<T>(Log<T> log, LogQuery query, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Keys whose wake time is not after <paramref name="now"/>, earliest first.</summary>
    ValueTask<IReadOnlyList<DueKey>> ReadDueAsync(IDueSource source, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>The earliest wake time of all, or null when nothing sleeps.</summary>
    ValueTask<DateTimeOffset?> NextDueAsync(IDueSource source, CancellationToken cancellationToken);

    /// <summary>The oldest waiting item of an ordering key, or null.</summary>
    ValueTask<OutboxItem<T>?> PeekAsync<T>(Outbox<T> outbox, StoreKey orderingKey, CancellationToken cancellationToken)
        where T : class;

    /// <summary>
    /// Calls back after each commit that gave a row of the source a wake time. The callback runs on the writer's thread: it must only take note.
    /// It is a hint: what counts is <see cref="ReadDueAsync"/>.
    /// </summary>
    /// <returns>Dispose it to hear no more.</returns>
    IDisposable OnDue(IDueSource source, Action<DueKey> note);

    /// <summary>
    /// Deletes rows, outbox items, log records, blob references and claimed names below <paramref name="under"/> (an account, or an account and region;
    /// null: everything), in one commit. <paramref name="group"/> confines it to tables, outboxes and logs whose name begins with <c>group.</c>.
    /// </summary>
    ValueTask ResetAsync(StoreKey? under, string? group, CancellationToken cancellationToken);

    /// <summary>Calls back after a reset, so that owners drop what they hold in memory.</summary>
    IDisposable OnReset(Action note);
}
