using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// The one thread that writes to a database. It takes what callers have queued and commits it at once: each caller in a savepoint of its own, so that one who fails takes nothing
/// of the others along. Who waits alone needs no savepoint.
/// </summary>
internal sealed partial class Writer : IDisposable
{
    private const int MaxBatch = 512;
    private static readonly TimeSpan MaxBatchTime = TimeSpan.FromMilliseconds(20);
    private static readonly Sql Begin = new("BEGIN IMMEDIATE");
    private static readonly Sql Commit = new("COMMIT");
    private static readonly Sql Rollback = new("ROLLBACK");
    private static readonly Sql Savepoint = new("SAVEPOINT caller");
    private static readonly Sql ReleaseSavepoint = new("RELEASE caller");
    private static readonly Sql RollbackSavepoint = new("ROLLBACK TO caller");

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly Checkpointer _checkpointer;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _places;
    private readonly Queue<WriteWork> _queue = new();
    private readonly List<WriteWork> _batch = [];
    private readonly object _gate = new();
    private readonly string _name;

    // Started by the first write: what opening a database has to write is written where it is opened, before anybody else can know of it.
    private Thread? _thread;
    private bool _closing;

    internal Writer(string name, SqliteConnection connection, SqliteTransaction transaction, Checkpointer checkpointer, int queueLength, ILogger logger)
    {
        _connection = connection;
        _transaction = transaction;
        _checkpointer = checkpointer;
        _logger = logger;
        _places = new SemaphoreSlim(queueLength);
        _name = name;
    }

    internal ValueTask<TResult> RunAsync<TState, TResult>(
        TState state, Func<ITransaction, TState, TResult> body, CancellationToken cancellationToken) =>
        RunAsync(state, body, mayRunHere: false, cancellationToken);

    /// <summary>Like <see cref="RunAsync{TState, TResult}(TState, Func{ITransaction, TState, TResult}, CancellationToken)"/>, but on the caller's thread as long as the writer has none: starting one, and waiting for it, is most of opening a database.</summary>
    internal ValueTask<TResult> RunHereAsync<TState, TResult>(
        TState state, Func<ITransaction, TState, TResult> body, CancellationToken cancellationToken) =>
        RunAsync(state, body, mayRunHere: true, cancellationToken);

    private async ValueTask<TResult> RunAsync<TState, TResult>(
        TState state, Func<ITransaction, TState, TResult> body, bool mayRunHere, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        var work = new WriteWork<TState, TResult>(state, body, cancellationToken);
        lock (_gate)
        {
            if (_closing)
            {
                _places.Release();
                throw new StoreException(StoreError.Closed, "The database is closed.");
            }

            _queue.Enqueue(work);
            if (_thread is null && mayRunHere)
            {
                RunQueued();
            }
            else if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = $"fogbank-{_name}" };
                _thread.Start();
            }
            else if (_queue.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
        }

        return await work.Task;
    }

    /// <summary>Commits what is queued and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        // The semaphore is left to the collector: who waits for a place must still get one, and be told that it is over.
        _thread?.Join();
    }

    private void Loop()
    {
        while (WaitForWork())
        {
            RunQueued();
        }
    }

    private void RunQueued()
    {
        try
        {
            RunBatch();
            _checkpointer.AfterCommit(_connection, _batch.Count);
        }
        catch (Exception failure)
        {
            // Not even the rollback works. The callers are told; the next batch tries anew, and reports as well when the disk stays broken.
            LogCommitFailed(_logger, failure);
            FailBatch(new StoreException(StoreError.Io, "The database's writer failed.", failure));
        }

        _batch.Clear();
    }

    private bool WaitForWork()
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_closing)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            return true;
        }
    }

    private bool TryTake(out WriteWork work, out bool alone)
    {
        lock (_gate)
        {
            alone = _queue.Count == 1;
            if (!_queue.TryDequeue(out work!))
            {
                return false;
            }
        }

        _places.Release();
        return true;
    }

    private void RunBatch()
    {
        try
        {
            _connection.Execute(Begin);
        }
        catch (StoreException failure)
        {
            FailNext(failure);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        while (_batch.Count < MaxBatch && TryTake(out var work, out var alone))
        {
            if (work.IsCancelled)
            {
                work.Cancel();
                continue;
            }

            var single = alone && _batch.Count == 0;
            if (!RunOne(work, single))
            {
                // SQLite gave up the whole transaction (disk full, I/O error): nobody's changes are left.
                return;
            }

            if (single || Stopwatch.GetElapsedTime(started) > MaxBatchTime)
            {
                break;
            }
        }

        CommitBatch();
    }

    /// <returns>False when the transaction of all is lost.</returns>
    private bool RunOne(WriteWork work, bool single)
    {
        try
        {
            if (!single)
            {
                _connection.Execute(Savepoint);
            }

            _transaction.Enter();
            work.Run(_transaction);
            _transaction.Leave(keep: true);
            if (!single)
            {
                _connection.Execute(ReleaseSavepoint);
            }

            _batch.Add(work);
            return true;
        }
        catch (Exception failure)
        {
            // Not swallowed: it is the caller's own, and goes to the caller.
            _transaction.Leave(keep: false);
            var lost = !_connection.InTransaction;
            if (!lost && single)
            {
                _connection.Execute(Rollback);
                _connection.Execute(Begin);
            }
            else if (!lost)
            {
                _connection.Execute(RollbackSavepoint);
                _connection.Execute(ReleaseSavepoint);
            }

            work.Fail(failure);
            if (lost)
            {
                FailBatch(new StoreException(StoreError.Io, "The transaction of another caller failed and took this one along.", failure));
            }

            return !lost;
        }
    }

    private void CommitBatch()
    {
        try
        {
            _transaction.BeforeCommit();
            _connection.Execute(Commit);
        }
        catch (Exception failure)
        {
            if (_connection.InTransaction)
            {
                _connection.Execute(Rollback);
            }

            LogCommitFailed(_logger, failure);
            FailBatch(failure as StoreException ?? new StoreException(StoreError.Io, "The commit failed.", failure));
            return;
        }

        _transaction.AfterCommit();
        foreach (var work in _batch)
        {
            work.Complete();
        }
    }

    private void FailBatch(StoreException failure)
    {
        _transaction.AfterRollback();
        foreach (var work in _batch)
        {
            work.Fail(failure);
        }
    }

    private void FailNext(StoreException failure)
    {
        LogCommitFailed(_logger, failure);
        if (TryTake(out var work, out _))
        {
            work.Fail(failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "A commit failed; its callers are told")]
    private static partial void LogCommitFailed(ILogger logger, Exception failure);
}
