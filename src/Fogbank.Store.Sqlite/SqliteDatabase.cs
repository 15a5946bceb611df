using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fogbank.Store.Sqlite;

/// <summary>One SQLite file with its writer, its readers and the files beside it.</summary>
internal sealed partial class SqliteDatabase : IDatabase, IAsyncDisposable
{
    private readonly ConnectionPool _readers;
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly Writer _writer;
    private readonly Checkpointer _checkpointer;
    private readonly Collector _collector;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<object, TableSql> _tables = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, object> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ILog, bool> _logs = new();

    internal SqliteDatabase(string name, string path, StoreOptions options, DataFiles files, SqliteConnection connection, ILogger logger)
    {
        Name = name;
        Durability = options.Durability;
        LogSegmentBytes = options.LogSegmentBytes;
        LogSegmentSpan = (long)options.LogSegmentSpan.TotalMilliseconds;
        Files = files;
        _logger = logger;
        _connection = connection;
        _readers = new ConnectionPool(path);
        _checkpointer = new Checkpointer(path, logger);
        Segments = new SegmentFiles(files, Durability, logger);
        Blobs = new SqliteBlobs(this, options.InlineBlobBytes);
        _collector = new Collector(this, logger);
        _transaction = new SqliteTransaction(this, connection, logger);
        _writer = new Writer(name, connection, _transaction, _checkpointer, options.WriteQueueLength, logger);
    }

    public string Name { get; }

    public IBlobs Blobs { get; }

    internal Durability Durability { get; }

    internal int LogSegmentBytes { get; }

    internal long LogSegmentSpan { get; }

    internal DataFiles Files { get; }

    internal SegmentFiles Segments { get; }

    internal long LastFile => _transaction.LastFile;

    public ValueTask<Versioned<T>> GetAsync<T>(Table<T> table, StoreKey key, CancellationToken cancellationToken)
        where T : class => ReadAsync((Of(table), key), static (connection, get) => get.Item1.Get(connection, get.key), cancellationToken);

    public ValueTask<ScanPage<T>> ScanAsync<T>(
        Table<T> table, KeyRange range, int limit, ScanToken? after, bool reverse, CancellationToken cancellationToken)
        where T : class =>
        ReadAsync(
            (Sql: Of(table), range, limit, after, reverse),
            static (connection, scan) => scan.Sql.Scan(connection, scan.range, scan.limit, scan.after, scan.reverse),
            cancellationToken);

    public ValueTask<ScanPage<T>> ScanIndexAsync<T>(
        Table<T> table, string index, IndexRange range, StoreKey? under, int limit, ScanToken? after, CancellationToken cancellationToken)
        where T : class =>
        ReadAsync(
            (Sql: Of(table), index, range, under, limit, after),
            static (connection, scan) => scan.Sql.ScanIndex(connection, scan.index, scan.range, scan.under, scan.limit, scan.after),
            cancellationToken);

    public ValueTask<bool> TryPutAsync<T>(Table<T> table, StoreKey key, T value, long expectedVersion, CancellationToken cancellationToken)
        where T : class =>
        WriteAsync(
            (table, key, value, expectedVersion),
            static (transaction, put) => transaction.TryPut(put.table, put.key, put.value, put.expectedVersion),
            cancellationToken);

    public ValueTask<bool> TryDeleteAsync<T>(Table<T> table, StoreKey key, long expectedVersion, CancellationToken cancellationToken)
        where T : class =>
        WriteAsync(
            (table, key, expectedVersion),
            static (transaction, delete) => transaction.TryDelete(delete.table, delete.key, delete.expectedVersion),
            cancellationToken);

    public ValueTask<TResult> WriteAsync<TState, TResult>(
        TState state, Func<ITransaction, TState, TResult> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return _writer.RunAsync(state, body, cancellationToken);
    }

    public ValueTask<StoreKey?> FindNameAsync(string kind, string name, CancellationToken cancellationToken) =>
        ReadAsync((kind, name), static (connection, find) => SystemSql.Find(connection, find.kind, find.name), cancellationToken);

    public ValueTask<LogPage<T>> ReadLogAsync<T>(Log<T> log, LogQuery query, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        Check(log);
        return ReadAsync(
            (Database: this, log, query),
            static (connection, read) =>
            {
                using var reader = new LogReader<T>(connection, read.Database.Files, read.log, read.query, read.Database._logger);
                return reader.Read();
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<DueKey>> ReadDueAsync(IDueSource source, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        ReadAsync(
            (Sql: Of(source), Now: now.ToUnixTimeMilliseconds(), limit),
            static (connection, read) => (IReadOnlyList<DueKey>)read.Sql.ReadDue(connection, read.Now, read.limit),
            cancellationToken);

    public ValueTask<DateTimeOffset?> NextDueAsync(IDueSource source, CancellationToken cancellationToken) =>
        ReadAsync(
            Of(source),
            static (connection, sql) => sql.NextDue(connection) is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : (DateTimeOffset?)null,
            cancellationToken);

    public ValueTask<OutboxItem<T>?> PeekAsync<T>(Outbox<T> outbox, StoreKey orderingKey, CancellationToken cancellationToken)
        where T : class =>
        ReadAsync((Of(outbox), orderingKey), static (connection, peek) => peek.Item1.Peek(connection, peek.orderingKey), cancellationToken);

    /// <summary>Reads on the caller's thread with a connection of the pool.</summary>
    internal ValueTask<TResult> ReadAsync<TState, TResult>(
        TState state, Func<SqliteConnection, TState, TResult> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TResult>(cancellationToken);
        }

        return new ValueTask<TResult>(Read(state, read));
    }

    internal TResult Read<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> read)
    {
        var connection = _readers.Rent();
        try
        {
            return read(connection, state);
        }
        finally
        {
            _readers.Return(connection);
        }
    }

    internal TableSql<T> Of<T>(Table<T> table)
        where T : class => (TableSql<T>)Of((IDueSource)table);

    internal OutboxSql<T> Of<T>(Outbox<T> outbox)
        where T : class => (OutboxSql<T>)Of((IDueSource)outbox);

    internal TableSql Of(IDueSource source) =>
        _tables.TryGetValue(source, out var sql)
            ? sql
            : throw new InvalidOperationException($"\"{source.Name}\" is in no schema that database \"{Name}\" was opened with.");

    internal void Check(ILog log)
    {
        if (!_logs.ContainsKey(log))
        {
            throw new InvalidOperationException($"Log \"{log.Name}\" is in no schema that database \"{Name}\" was opened with.");
        }
    }

    internal void Collect() => _collector.Signal();

    internal void Pin(IReadOnlyList<BlobPiece> pieces)
    {
        foreach (var piece in pieces)
        {
            if (piece.Bytes is null)
            {
                Files.Pin(piece.File);
            }
        }
    }

    internal void Unpin(IReadOnlyList<BlobPiece> pieces)
    {
        var waiting = false;
        foreach (var piece in pieces)
        {
            waiting |= piece.Bytes is null && Files.Unpin(piece.File);
        }

        if (waiting)
        {
            Collect();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _collector.StopAsync();
        _writer.Dispose();
        _checkpointer.Dispose();
        _readers.Dispose();
        Segments.Dispose();
        _connection.Dispose();
    }
}
