using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fogbank.Store.Sqlite;

/// <summary>The embedded store: a data folder with one SQLite file a database.</summary>
public sealed class SqliteStore : IStore
{
    private readonly DataFolder _folder;
    private readonly StoreOptions _options;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, SqliteDatabase> _databases = new(StringComparer.Ordinal);
    private readonly HashSet<(string Database, string Owner)> _owners = [];
    private bool _disposed;

    private SqliteStore(DataFolder folder, StoreOptions options, ILogger logger)
    {
        _folder = folder;
        _options = options;
        _logger = logger;
        RegionKey = folder.ReadOrMakeKey("region.key", 32);
    }

    public string DataDirectory => _folder.Path;

    public string CacheDirectory => Path.Combine(_folder.Path, "cache");

    public string RunDirectory => Path.Combine(_folder.Path, "run");

    public ReadOnlyMemory<byte> RegionKey { get; }

    /// <summary>Takes the data folder for this process, making it when there is none.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Locked"/>: another process has it; the message names it.</exception>
    public static ValueTask<SqliteStore> OpenAsync(StoreOptions options, TimeProvider time, ILoggerFactory? loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(options.InlineBlobBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LogSegmentBytes, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WriteQueueLength, 1);
        var folder = options.Memory
            ? DataFolder.OpenPrivate()
            : DataFolder.Open(options.DataDirectory ?? throw new ArgumentException("A data folder is needed when state is kept on disk.", nameof(options)));
        try
        {
            var logger = loggers?.CreateLogger("Fogbank.Store") ?? NullLogger.Instance;
            return ValueTask.FromResult(new SqliteStore(folder, options, logger));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask<IDatabase> OpenAsync(DatabaseSchema schema, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_owners.Add((schema.Database, schema.Owner)))
            {
                throw new ArgumentException($"\"{schema.Owner}\" has opened database \"{schema.Database}\" already.", nameof(schema));
            }

            if (!_databases.TryGetValue(schema.Database, out var database))
            {
                database = SqliteDatabase.Open(schema.Database, _folder.Path, _options, _logger);
                _databases.Add(schema.Database, database);
            }

            await database.AddAsync(schema, cancellationToken);
            return database;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            foreach (var database in _databases.Values)
            {
                await database.DisposeAsync();
            }

            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsMemory(RegionKey).Span);
            _folder.Dispose();
        }
        finally
        {
            _gate.Release();
        }
    }
}
