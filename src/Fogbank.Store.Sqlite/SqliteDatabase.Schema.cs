using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Fogbank.Store.Sqlite;

internal sealed partial class SqliteDatabase
{
    // Tables are statics, and so are their statements: opening a database again does not make new ones.
    private static readonly ConditionalWeakTable<object, TableSql> Bindings = [];
    private static readonly Sql FindOwner = new("SELECT version FROM \"fogbank:schema\" WHERE owner=?1");
    private static readonly Sql SetOwner = new("INSERT INTO \"fogbank:schema\"(owner,version) VALUES(?1,?2) ON CONFLICT(owner) DO UPDATE SET version=?2");

    /// <summary>Opens the file, refuses a later form of it, and sweeps what a crash left.</summary>
    internal static SqliteDatabase Open(string name, string dataDirectory, StoreOptions options, ILogger logger)
    {
        StoreNames.Check(name);
        var path = Path.Combine(dataDirectory, name + ".db");
        var isNew = !File.Exists(path);
        var connection = SqliteConnection.Open(path, write: true);
        try
        {
            // Pages of the log are flushed when they are moved (process) or at every commit (power); on tmpfs there is nothing to flush to.
            var synchronous = options switch { { Memory: true } => "OFF", { Durability: Durability.Power } => "FULL", _ => "NORMAL" };

            // A file that is being made holds nothing yet that a power cut could take.
            var making = options.Durability == Durability.Process && isNew ? "OFF" : synchronous;
            connection.Execute($"PRAGMA synchronous={making}; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192; PRAGMA journal_size_limit=67108864");
            var format = connection.QueryInt64("PRAGMA user_version");
            if (format > SystemSql.Format)
            {
                throw new StoreException(
                    StoreError.NewerSchema,
                    $"{path} was written by a later version of Fogbank (format {format}, this one knows {SystemSql.Format}).");
            }

            if (format < SystemSql.Format)
            {
                connection.Execute($"BEGIN IMMEDIATE; {SystemSql.Create} {BlobSql.Create} {LogSql.Create} PRAGMA user_version={SystemSql.Format}; COMMIT");
            }

            if (making != synchronous)
            {
                connection.Execute($"PRAGMA synchronous={synchronous}");
            }

            var files = new DataFiles(dataDirectory, name);
            files.SweepOrphans(SystemSql.ReadCounter(connection, SystemSql.FileCounter));
            var database = new SqliteDatabase(name, path, options, files, connection, logger);
            if (SystemSql.ReadGarbage(connection).Count > 0)
            {
                database.Collect();
            }

            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Adds an owner's tables and brings its stored data up to its version, in one transaction.</summary>
    internal async ValueTask AddAsync(DatabaseSchema schema, CancellationToken cancellationToken)
    {
        for (var i = 0; i < schema.Steps.Count; i++)
        {
            if (schema.Steps[i].Number != i + 1)
            {
                throw new ArgumentException($"The migration steps of \"{schema.Owner}\" are not numbered 1, 2, 3, …", nameof(schema));
            }
        }

        var added = new List<TableSql>();
        foreach (var source in (IEnumerable<IDueSource>)[.. schema.Tables, .. schema.Outboxes])
        {
            Claim(source.Name, source);
            added.Add(_tables.GetOrAdd(source, Bind(source)));
        }

        foreach (var log in schema.Logs)
        {
            Claim(log.Name, log);
            _logs.TryAdd(log, true);
        }

        await _writer.RunHereAsync(
            (Database: this, schema, added),
            static (transaction, add) =>
            {
                add.Database.Migrate((SqliteTransaction)transaction, add.schema, add.added);
                return true;
            },
            cancellationToken);
    }

    private void Migrate(SqliteTransaction transaction, DatabaseSchema schema, List<TableSql> tables)
    {
        var connection = transaction.Connection;
        int? version = null;
        using (var owner = connection.Use(FindOwner))
        {
            if (owner.Bind(1, schema.Owner).Step())
            {
                version = owner.Int32(0);
            }
        }

        if (version > schema.Version)
        {
            throw new StoreException(
                StoreError.NewerSchema,
                $"Database \"{Name}\" was written by a later version of Fogbank (\"{schema.Owner}\" is at {version}, this one knows {schema.Version}).");
        }

        // Tables first, so that steps can use them; what a step drops or moves is named in it.
        foreach (var table in tables)
        {
            table.Create(connection);
        }

        foreach (var step in schema.Steps.Skip(version ?? schema.Version))
        {
            LogStep(_logger, Name, schema.Owner, step.Number, step.What);
            step.Apply(new SqliteMigration(this, transaction));
        }

        if (version != schema.Version)
        {
            connection.Use(SetOwner).Bind(1, schema.Owner).Bind(2, (long)schema.Version).Run();
        }
    }

    private void Claim(string name, object declared)
    {
        if (_names.GetOrAdd(name, declared) != declared)
        {
            throw new ArgumentException($"\"{name}\" is declared twice in database \"{Name}\".");
        }
    }

    private static TableSql Bind(IDueSource source) =>
        source is IBindable bindable
            ? Bindings.GetValue(bindable, static declared => ((IBindable)declared).Bind(Binder.Instance))
            : throw new ArgumentException($"\"{source.Name}\" is neither a table nor an outbox.");

    private sealed class Binder : IBinder<TableSql>
    {
        internal static readonly Binder Instance = new();

        public TableSql Bind<T>(Table<T> table)
            where T : class => new TableSql<T>(table);

        public TableSql Bind<T>(Outbox<T> outbox)
            where T : class => new OutboxSql<T>(outbox);
    }

    [LoggerMessage(LogLevel.Information, "Database {Database}: {Owner} takes step {Number}: {What}")]
    private static partial void LogStep(ILogger logger, string database, string owner, int number, string what);
}
