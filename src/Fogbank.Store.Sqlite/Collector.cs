using Microsoft.Extensions.Logging;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// Deletes the files that nothing refers to any more. What is to be deleted stands in the database, in the commit that let go of it, so nothing is forgotten
/// when the process dies in between. One pass at a time.
/// </summary>
internal sealed partial class Collector(SqliteDatabase database, ILogger logger)
{
    private const int Batch = 512;
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private bool _again;
    private bool _stopping;

    /// <summary>There is something to delete. Quick; may be called from anywhere.</summary>
    internal void Signal()
    {
        lock (_gate)
        {
            _again = true;
            if (_running.IsCompleted && !_stopping)
            {
                _running = PassAsync();
            }
        }
    }

    /// <summary>Waits for the pass that is under way; there will be no other.</summary>
    internal Task StopAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            return _running;
        }
    }

    private async Task PassAsync()
    {
        await Task.Yield();
        while (TakeSignal())
        {
            try
            {
                await DeleteAllAsync();
            }
            catch (Exception failure) when (failure is StoreException or IOException or UnauthorizedAccessException)
            {
                // The rows stay, so the next signal or start tries again.
                LogFailed(logger, failure);
            }
        }
    }

    private bool TakeSignal()
    {
        lock (_gate)
        {
            var again = _again && !_stopping;
            _again = false;
            if (!again)
            {
                _running = Task.CompletedTask;
            }

            return again;
        }
    }

    private async Task DeleteAllAsync()
    {
        var garbage = database.Read(0, static (connection, _) => SystemSql.ReadGarbage(connection));
        var gone = new List<long>(Batch);
        foreach (var (kind, file) in garbage)
        {
            if (database.Files.TryDelete(kind, file, database.LastFile))
            {
                gone.Add(file);
            }

            if (gone.Count == Batch)
            {
                await ForgetAsync(gone);
                gone = new List<long>(Batch);
            }
        }

        if (gone.Count > 0)
        {
            await ForgetAsync(gone);
        }
    }

    private async Task ForgetAsync(List<long> gone) =>
        await database.WriteAsync(
            gone,
            static (transaction, gone) =>
            {
                foreach (var file in gone)
                {
                    SystemSql.RemoveGarbage(((SqliteTransaction)transaction).Connection, file);
                }

                return true;
            },
            CancellationToken.None);

    [LoggerMessage(LogLevel.Warning, "Files that nothing refers to could not be deleted; it will be tried again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
