using Microsoft.Extensions.Logging;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// Moves the write-ahead log into the database on the thread pool, so that no caller of the writer waits for it. Only when the log has grown far too long because somebody always
/// reads or writes does the writer stop for a moment to begin it anew.
/// </summary>
internal sealed partial class Checkpointer(string path, ILogger logger) : IThreadPoolWorkItem, IDisposable
{
    private const int WorksBetween = 1000;
    private const int MaxLogPages = 16 * 1024;
    private readonly Lock _gate = new();
    private SqliteConnection? _connection;
    private bool _closed;
    private int _works;
    private int _running;
    private volatile bool _tooLong;

    /// <summary>Called by the writer between two batches, with its connection.</summary>
    internal void AfterCommit(SqliteConnection writer, int works)
    {
        _works += works;
        if (_tooLong)
        {
            _tooLong = false;
            writer.SetBusyTimeout(50);
            writer.Checkpoint(restart: true);
            writer.SetBusyTimeout(5000);
        }

        if (_works >= WorksBetween && Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            _works = 0;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        lock (_gate)
        {
            try
            {
                if (!_closed)
                {
                    _connection ??= SqliteConnection.Open(path, write: false);
                    _tooLong = _connection.Checkpoint(restart: false).Log > MaxLogPages;
                }
            }
            catch (StoreException failure)
            {
                // The log only grows; the next one tries again, and a broken disk shows at the next commit.
                LogFailed(logger, failure);
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _connection?.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A checkpoint failed and will be tried again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
