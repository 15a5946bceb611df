namespace Fogbank.Engines.Linux.Warden;

/// <summary>
/// The region's one warden, shared by its engines: started with the first workload, and again at once when it was lost, so that what a
/// killed one left is found and swept.
/// </summary>
public sealed class RegionWarden : IAsyncDisposable
{
    private const int MaxShortLives = 3;
    private static readonly TimeSpan MinLife = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StandDownLimit = TimeSpan.FromSeconds(10);

    private readonly WardenOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _starting = new(1);
    private readonly List<IWardenParty> _parties = [];
    private WardenClient? _client;
    private int _shortLives;
    private Task _replacing = Task.CompletedTask;
    private volatile bool _disposed;

    /// <summary>Starts nothing yet. Only one at a time may use the options' run directory.</summary>
    public RegionWarden(WardenOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time) = (options, time);
    }

    /// <summary>The warden now, for tests that kill it; 0 without one.</summary>
    internal int Pid => _client?.Pid ?? 0;

    internal string RunDirectory => _options.RunDirectory;

    /// <summary>Adds an engine; before the first request of any.</summary>
    internal void Add(IWardenParty party)
    {
        if (_client is not null)
        {
            throw new InvalidOperationException("The warden runs already.");
        }
        _parties.Add(party);
    }

    /// <summary>The running warden, started if need be.</summary>
    internal async ValueTask<WardenClient> GetAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsAlive: true } running)
        {
            return running;
        }
        await _starting.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_client is { IsAlive: true } started)
            {
                return started;
            }
            Directory.CreateDirectory(_options.RunDirectory);
            await StandDownSocket.AskAsync(_options.RunDirectory, StandDownLimit, cancellationToken);
            var client = WardenClient.Start(_options.Command ?? [Environment.ProcessPath!], _parties);
            try
            {
                WardenSetup setup = new() { RunDirectory = Path.GetFullPath(_options.RunDirectory), OrphanGrace = _options.OrphanGrace };
                await client.SetUpAsync(0, setup.Serialize(), cancellationToken);
                foreach (var party in _parties)
                {
                    await client.SetUpAsync(party.Code, party.Setup(), cancellationToken);
                }
            }
            catch
            {
                client.Dispose();
                throw;
            }
            _replacing = ReplaceAsync(client, _time.GetTimestamp());
            return _client = client;
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task ReplaceAsync(WardenClient lost, long startedAt)
    {
        await lost.Ended;
        _shortLives = _time.GetElapsedTime(startedAt) < MinLife ? _shortLives + 1 : 0;
        if (_disposed || _shortLives > MaxShortLives)
        {
            return; // one that dies as soon as it is up would be started for ever
        }
        try
        {
            await GetAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is EngineException or ObjectDisposedException or IOException)
        {
            // The next workload's start meets the same trouble and reports it.
        }
    }

    /// <summary>What a region that was killed does: the socket closes, and nothing is said. For tests.</summary>
    internal void Abandon()
    {
        _disposed = true;
        _client?.Dispose();
    }

    /// <summary>Ends everything ephemeral, and returns when it is gone; what is durable goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        WardenClient? client;
        await _starting.WaitAsync();
        try
        {
            if (_disposed)
            {
                return;
            }
            _disposed = true;
            client = _client;
        }
        finally
        {
            _starting.Release();
        }
        if (client is not null && !await client.LeaveAsync(_options.KeepDurable))
        {
            await _replacing;
        }
    }
}
