using Microsoft.Extensions.Logging;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// The transaction that bodies see. One object serves all callers of a database, one after another; what a caller leaves behind (actions, undo steps) is kept
/// apart until its body has ended well.
/// </summary>
internal sealed partial class SqliteTransaction(SqliteDatabase database, SqliteConnection connection, ILogger logger) : ITransaction
{
    private readonly List<Action> _committed = [];
    private readonly List<Action> _undo = [];
    private readonly List<(IDueSource Source, DueKey Key)> _due = [];
    private (int Committed, int Undo, int Due) _entered;
    private long _sequence = SystemSql.ReadCounter(connection, SystemSql.SequenceCounter);
    private long _file = SystemSql.ReadCounter(connection, SystemSql.FileCounter);
    private long _savedSequence = SystemSql.ReadCounter(connection, SystemSql.SequenceCounter);
    private long _savedFile = SystemSql.ReadCounter(connection, SystemSql.FileCounter);
    private bool _active;

    internal long LastFile => Volatile.Read(ref _file);

    internal SqliteConnection Connection
    {
        get
        {
            if (!_active)
            {
                throw new InvalidOperationException("A transaction is only valid inside its body.");
            }

            return connection;
        }
    }

    internal void Enter()
    {
        _entered = (_committed.Count, _undo.Count, _due.Count);
        _active = true;
    }

    /// <summary>Ends a body: its actions stay for the commit, or its undo steps run and all it left is dropped.</summary>
    internal void Leave(bool keep)
    {
        _active = false;
        if (keep)
        {
            return;
        }

        Undo(_entered.Undo);
        _committed.RemoveRange(_entered.Committed, _committed.Count - _entered.Committed);
        _due.RemoveRange(_entered.Due, _due.Count - _entered.Due);
    }

    internal void BeforeCommit()
    {
        if (_sequence != _savedSequence)
        {
            SystemSql.WriteCounter(connection, SystemSql.SequenceCounter, _sequence);
        }

        if (_file != _savedFile)
        {
            SystemSql.WriteCounter(connection, SystemSql.FileCounter, _file);
        }

        FlushFiles();
    }

    internal void AfterCommit()
    {
        (_savedSequence, _savedFile) = (_sequence, _file);
        _undo.Clear();
        foreach (var (source, key) in _due)
        {
            Guard(() => database.Notify(source, key));
        }

        _due.Clear();
        foreach (var action in _committed)
        {
            Guard(action);
        }

        _committed.Clear();
    }

    internal void AfterRollback()
    {
        Undo(0);
        _committed.Clear();
        _due.Clear();
        _flush.Clear();
        _flushFolders.Clear();
    }

    public Versioned<T> Get<T>(Table<T> table, StoreKey key)
        where T : class => database.Of(table).Get(Connection, key);

    public long Put<T>(Table<T> table, StoreKey key, T value)
        where T : class
    {
        var version = ++_sequence;
        database.Of(table).Put(Connection, key, value, version, null, out var wakeAt);
        NoteDue(table, key, wakeAt, version);
        return version;
    }

    public bool TryPut<T>(Table<T> table, StoreKey key, T value, long expectedVersion)
        where T : class
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        var version = ++_sequence;
        if (!database.Of(table).Put(Connection, key, value, version, expectedVersion, out var wakeAt))
        {
            return false;
        }

        NoteDue(table, key, wakeAt, version);
        return true;
    }

    public bool Delete<T>(Table<T> table, StoreKey key)
        where T : class => database.Of(table).Delete(Connection, key, null);

    public bool TryDelete<T>(Table<T> table, StoreKey key, long expectedVersion)
        where T : class => database.Of(table).Delete(Connection, key, expectedVersion);

    public int DeleteRange<T>(Table<T> table, KeyRange range)
        where T : class => database.Of(table).DeleteRange(Connection, range);

    public ScanPage<T> Scan<T>(Table<T> table, KeyRange range, int limit, ScanToken? after = null, bool reverse = false)
        where T : class => database.Of(table).Scan(Connection, range, limit, after, reverse);

    public ScanPage<T> ScanIndex<T>(Table<T> table, string index, IndexRange range, StoreKey? under, int limit, ScanToken? after = null)
        where T : class => database.Of(table).ScanIndex(Connection, index, range, under, limit, after);

    public bool TryReschedule<T>(Table<T> table, StoreKey key, long expectedVersion, DateTimeOffset? wakeAt)
        where T : class
    {
        var milliseconds = wakeAt?.ToUnixTimeMilliseconds();
        if (!database.Of(table).Reschedule(Connection, key, expectedVersion, milliseconds))
        {
            return false;
        }

        NoteDue(table, key, milliseconds, expectedVersion);
        return true;
    }

    public bool ClaimName(string kind, string name, StoreKey owner) => SystemSql.Claim(Connection, kind, name, owner);

    public bool ReleaseName(string kind, string name) => SystemSql.Release(Connection, kind, name);

    public StoreKey? FindName(string kind, string name) => SystemSql.Find(Connection, kind, name);

    public long Enqueue<T>(Outbox<T> outbox, StoreKey orderingKey, T value, DateTimeOffset dueAt)
        where T : class
    {
        var number = ++_sequence;
        var due = dueAt.ToUnixTimeMilliseconds();
        if (database.Of(outbox).Insert(Connection, orderingKey, number, value, due))
        {
            NoteDue(outbox, orderingKey, due, number);
        }

        return number;
    }

    public bool Complete<T>(Outbox<T> outbox, StoreKey orderingKey, long number, DateTimeOffset now)
        where T : class
    {
        if (!database.Of(outbox).Complete(Connection, orderingKey, number, now.ToUnixTimeMilliseconds(), out var more))
        {
            return false;
        }

        if (more)
        {
            NoteDue(outbox, orderingKey, now.ToUnixTimeMilliseconds(), 0);
        }

        return true;
    }

    public bool Postpone<T>(Outbox<T> outbox, StoreKey orderingKey, long number, DateTimeOffset until)
        where T : class
    {
        if (!database.Of(outbox).Postpone(Connection, orderingKey, number, until.ToUnixTimeMilliseconds()))
        {
            return false;
        }

        NoteDue(outbox, orderingKey, until.ToUnixTimeMilliseconds(), number);
        return true;
    }

    public void OnCommitted(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _ = Connection;
        _committed.Add(action);
    }

    private void NoteDue(IDueSource source, StoreKey key, long? wakeAt, long version)
    {
        if (wakeAt is { } time && database.HasListener(source))
        {
            _due.Add((source, new DueKey(key, DateTimeOffset.FromUnixTimeMilliseconds(time), version)));
        }
    }

    private void Undo(int downTo)
    {
        for (var i = _undo.Count - 1; i >= downTo; i--)
        {
            Guard(_undo[i]);
        }

        _undo.RemoveRange(downTo, _undo.Count - downTo);
    }

    /// <summary>One action that fails must not keep the others, and the callers of the same commit, from theirs.</summary>
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            LogActionFailed(logger, failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "An action around a commit failed")]
    private static partial void LogActionFailed(ILogger logger, Exception failure);
}
