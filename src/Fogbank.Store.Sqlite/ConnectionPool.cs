namespace Fogbank.Store.Sqlite;

/// <summary>Connections for reading. One is opened when all are in use; few are kept.</summary>
internal sealed class ConnectionPool(string path) : IDisposable
{
    private readonly SqliteConnection?[] _idle = new SqliteConnection?[Math.Max(4, Environment.ProcessorCount * 2)];
    private volatile bool _closed;

    internal SqliteConnection Rent()
    {
        if (_closed)
        {
            throw new StoreException(StoreError.Closed, "The database is closed.");
        }

        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } idle)
            {
                return idle;
            }
        }

        var connection = SqliteConnection.Open(path, write: false);
        connection.Execute("PRAGMA query_only=1; PRAGMA cache_size=-1024; PRAGMA temp_store=MEMORY");
        return connection;
    }

    internal void Return(SqliteConnection connection)
    {
        for (var i = 0; i < _idle.Length && !_closed; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], connection, null) is null)
            {
                if (_closed && Interlocked.Exchange(ref _idle[i], null) is { } late)
                {
                    late.Dispose();
                }

                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < _idle.Length; i++)
        {
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
        }
    }
}
