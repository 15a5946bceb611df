namespace Fogbank.Store;

/// <summary>
/// The inside of one <c>WriteAsync</c>: sees its own writes and everything before it. Only valid inside the body, on its thread.
/// </summary>
public interface ITransaction
{
    /// <summary>A row with its version; no value and version 0 where there is none.</summary>
    Versioned<T> Get<T>(Table<T> table, StoreKey key)
        where T : class;

    /// <summary>Writes a row, whether there is one or not.</summary>
    /// <returns>Its new version.</returns>
    long Put<T>(Table<T> table, StoreKey key, T value)
        where T : class;

    /// <summary>Writes a row if its version is <paramref name="expectedVersion"/> (0: if there is none).</summary>
    bool TryPut<T>(Table<T> table, StoreKey key, T value, long expectedVersion)
        where T : class;

    /// <returns>Whether there was one.</returns>
    bool Delete<T>(Table<T> table, StoreKey key)
        where T : class;

    /// <summary>Deletes a row if its version is <paramref name="expectedVersion"/>. False: it is not.</summary>
    bool TryDelete<T>(Table<T> table, StoreKey key, long expectedVersion)
        where T : class;

    /// <summary>Deletes every row of the range. Blob references of the rows are the caller's to release first.</summary>
    /// <returns>How many there were.</returns>
    int DeleteRange<T>(Table<T> table, KeyRange range)
        where T : class;

    /// <inheritdoc cref="IDatabase.ScanAsync"/>
    ScanPage<T> Scan<T>(Table<T> table, KeyRange range, int limit, ScanToken? after = null, bool reverse = false)
        where T : class;

    /// <inheritdoc cref="IDatabase.ScanIndexAsync"/>
    ScanPage<T> ScanIndex<T>(
        Table<T> table, string index, IndexRange range, StoreKey? under, int limit, ScanToken? after = null)
        where T : class;

    /// <summary>
    /// Sets when a row is next due without touching the record or its version, if the version is still <paramref name="expectedVersion"/>.
    /// For the reconcilers' machinery; services write the record instead.
    /// </summary>
    bool TryReschedule<T>(Table<T> table, StoreKey key, long expectedVersion, DateTimeOffset? wakeAt)
        where T : class;

    /// <summary>
    /// Claims a name that must be unique without an account, such as a bucket's: it is kept under account <c>-</c>, region <c>global</c>. False: it has an owner
    /// already (also when that is the same one).
    /// </summary>
    /// <param name="kind">What is named, begins with its group: <c>s3.bucket</c>.</param>
    /// <param name="owner">The key of the row that owns the name; a reset of its scope releases it.</param>
    bool ClaimName(string kind, string name, StoreKey owner);

    /// <returns>Whether there was such a name.</returns>
    bool ReleaseName(string kind, string name);

    /// <summary>Who owns a name; null where nobody does.</summary>
    StoreKey? FindName(string kind, string name);

    /// <summary>
    /// Makes a written blob part of the database, with one reference, which the caller's record now holds. Should the transaction fail, the pending blob is as before.
    /// </summary>
    BlobId AttachBlob(PendingBlob blob);

    /// <summary>
    /// As <see cref="AttachBlob(PendingBlob)"/>, and names it by digest; when a blob of that digest is there already, that one gets one more reference and the pending blob is dropped.
    /// </summary>
    /// <param name="digest">Such as <c>sha256:…</c>; the caller has computed it from what it wrote.</param>
    BlobId AttachBlob(PendingBlob blob, string digest);

    /// <summary>
    /// Names a blob that was attached (or composed) without a digest. When a blob of that digest is there already, the caller's reference to <paramref name="blob"/> is given up
    /// for one to that one.
    /// </summary>
    /// <param name="blob">Nameless, and held by the caller.</param>
    /// <param name="digest">Such as <c>sha256:…</c>; the caller has computed it from the blob's bytes.</param>
    /// <returns>What the caller holds a reference to now.</returns>
    /// <exception cref="InvalidOperationException">There is no such blob, or it has a name already.</exception>
    BlobId NameBlob(BlobId blob, string digest);

    /// <summary>
    /// Makes one blob of parts in order, without copying. It takes over one reference of the caller to each part: whoever goes on holding a part retains it first.
    /// </summary>
    BlobId ComposeBlob(IReadOnlyList<BlobSlice> parts);

    /// <summary>One more reference.</summary>
    /// <returns>False when there is no such blob (any more).</returns>
    bool RetainBlob(BlobId blob);

    /// <summary>One reference less. With the last the blob is gone; its file is collected after the commit, when nobody reads it any more.</summary>
    void ReleaseBlob(BlobId blob);

    /// <summary>The blob that was attached under a digest; null where there is none (any more).</summary>
    BlobId? FindBlob(string digest);

    /// <summary>
    /// Puts a row into an outbox. Rows of one ordering key are consumed one after another in the order they were put; different ones side by side.
    /// </summary>
    /// <param name="orderingKey">Begins with account and region.</param>
    /// <param name="dueAt">Not before this time: used when the key has nothing waiting, otherwise the row waits for those before it.</param>
    /// <returns>The number of the row, greater than all before it in this database.</returns>
    long Enqueue<T>(Outbox<T> outbox, StoreKey orderingKey, T value, DateTimeOffset dueAt)
        where T : class;

    /// <summary>Takes the head of an ordering key away; the next one is due at once. False: it is not the head (any more).</summary>
    bool Complete<T>(Outbox<T> outbox, StoreKey orderingKey, long number, DateTimeOffset now)
        where T : class;

    /// <summary>Lets an ordering key rest until a time and counts an attempt of its head.</summary>
    bool Postpone<T>(Outbox<T> outbox, StoreKey orderingKey, long number, DateTimeOffset until)
        where T : class;

    /// <summary>Appends records to a stream of a log, in one chunk (or few).</summary>
    /// <param name="batch">From <see cref="Log{T}.Encode"/>, best made outside the transaction.</param>
    /// <returns>The sequence number of the first record; the others follow without a gap.</returns>
    long Append<T>(Log<T> log, StoreKey partition, string stream, LogBatch<T> batch)
        where T : class;

    /// <summary>Deletes the records of one stream.</summary>
    void DeleteStream<T>(Log<T> log, StoreKey partition, string stream)
        where T : class;

    /// <summary>Deletes the records of every stream of a partition.</summary>
    void DeletePartition<T>(Log<T> log, StoreKey partition)
        where T : class;

    /// <summary>Drops the segments of a partition that hold nothing younger than <paramref name="before"/>: the grain is a segment.</summary>
    void DropLog<T>(Log<T> log, StoreKey partition, DateTimeOffset before)
        where T : class;

    /// <summary>Called after the commit, on the writer's thread, in order, not at all when the transaction fails. It must be quick and must not throw.</summary>
    void OnCommitted(Action action);
}
