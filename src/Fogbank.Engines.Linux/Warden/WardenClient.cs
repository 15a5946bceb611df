using System.Collections.Concurrent;
using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>The region's side of one warden process: starts it, sends requests, takes answers and events.</summary>
internal sealed class WardenClient : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(15);

    private readonly WardenChannel _channel;
    private readonly int _pid;
    private readonly IReadOnlyList<IWardenParty> _parties;
    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;
    private volatile bool _lost;

    private WardenClient(WardenChannel channel, int pid, IReadOnlyList<IWardenParty> parties)
    {
        _channel = channel;
        _pid = pid;
        _parties = parties;
    }

    /// <summary>Takes an answer on the receiving thread, before the next message is read. The bytes are valid until it returns; the
    /// descriptors are its own.</summary>
    internal delegate T Taker<T>(ReadOnlyMemory<byte> payload, int[] descriptors);

    /// <summary>False once the warden is gone; a new client is then needed.</summary>
    internal bool IsAlive => !_lost;

    /// <summary>Completes when the warden is gone.</summary>
    internal Task Ended => _ended.Task;

    internal int Pid => _pid;

    /// <summary>Starts a warden by a command, to which <c>warden --socket 3</c> is added. Returns at once; it is ready when it answers.</summary>
    internal static WardenClient Start(IReadOnlyList<string> command, IReadOnlyList<IWardenParty> parties)
    {
        var (region, warden) = WardenChannel.CreatePair();
        var nullDevice = Libc.Open("/dev/null", Const.ORdWr | Const.OCloExec);
        try
        {
            var pid = Spawn.Start(command[0], [.. command, WardenProgram.Command, "--socket", "3"], InheritedEnvironment(),
                [(nullDevice, 0), (nullDevice, 1), (warden, 3)]);
            WardenClient client = new(new WardenChannel(region), pid, parties);
            new Thread(client.Receive, 512 * 1024) { IsBackground = true, Name = "warden" }.Start();
            return client;
        }
        catch
        {
            _ = Libc.Close(region);
            throw;
        }
        finally
        {
            _ = Libc.Close(warden);
            _ = Libc.Close(nullDevice);
        }
    }

    /// <summary>Tells one driver, or with a null party the warden itself, what it must know first.</summary>
    internal async ValueTask SetUpAsync(byte driver, byte[] payload, CancellationToken cancellationToken) =>
        await SendAsync<bool>(WardenMessageType.Setup, driver, payload, static (_, _) => true, null, cancellationToken);

    /// <summary>Sends a request and waits for its answer, of which <paramref name="take"/> makes what is returned.</summary>
    /// <param name="driver">Whose.</param>
    /// <param name="payload">The request.</param>
    /// <param name="take">Takes the answer.</param>
    /// <param name="undo">Called when the caller has left (cancelled, timed out) and the request succeeded all the same: on any thread, with
    /// what was made, or null where nothing was taken.</param>
    /// <param name="cancellationToken">Leaves.</param>
    internal ValueTask<T> AskAsync<T>(
        byte driver, byte[] payload, Taker<T> take, Action<T?>? undo, CancellationToken cancellationToken)
        where T : notnull => SendAsync(WardenMessageType.Request, driver, payload, take, undo, cancellationToken);

    /// <summary>Sends a request whose answer nobody waits for.</summary>
    internal void Tell(byte driver, byte[] payload) => _channel.Send(new WardenHeader(WardenMessageType.Request, driver, -1).Before(payload), []);

    /// <summary>Ends what is ephemeral, and unless it is to be kept what is durable, and leaves the warden. True where it stays for something durable; else it is gone on return.</summary>
    internal async ValueTask<bool> LeaveAsync(bool keepDurable)
    {
        var stays = false;
        try
        {
            using CancellationTokenSource limit = new(LeaveTimeout);
            stays = await SendAsync<byte>(WardenMessageType.Leave, 0, [keepDurable ? (byte)1 : (byte)0], static (payload, _) => payload.Span[0], null, limit.Token) == 1;
        }
        catch (Exception error) when (error is EngineException or OperationCanceledException)
        {
            // It is gone, or sees the end of the socket now.
        }
        _channel.Shutdown();
        if (!stays)
        {
            await Ended.WaitAsync(LeaveTimeout);
        }
        return stays;
    }

    private async ValueTask<T> SendAsync<T>(
        WardenMessageType type, byte driver, byte[] payload, Taker<T> take, Action<T?>? undo, CancellationToken cancellationToken)
        where T : notnull
    {
        var sequence = Interlocked.Increment(ref _sequence);
        Pending<T> pending = new(take, undo);
        _pending[sequence] = pending;
        try
        {
            if (!_channel.Send(new WardenHeader(type, driver, sequence).Before(payload), []))
            {
                _lost = true;
                throw Gone();
            }
            // The receiving thread may have cleared the table before this request was in it.
            if (!IsAlive)
            {
                pending.Fail(Gone());
            }
            return await pending.Completion.Task.WaitAsync(RequestTimeout, cancellationToken);
        }
        catch (TimeoutException error)
        {
            await pending.LeaveAsync();
            throw new EngineException(EngineErrorKind.Unavailable, "The warden did not answer in time.", error);
        }
        catch (OperationCanceledException)
        {
            await pending.LeaveAsync();
            throw;
        }
        catch
        {
            _pending.TryRemove(sequence, out _);
            throw;
        }
    }

    private void Receive()
    {
        List<int> descriptors = [];
        while (_channel.Receive(descriptors) is { } message)
        {
            var header = WardenHeader.Read(message.Span);
            var payload = message[WardenHeader.Size..];
            if (header.Type == WardenMessageType.Event)
            {
                _parties.FirstOrDefault(party => party.Code == header.Driver)?.OnEvent(this, payload);
            }
            else if (_pending.TryRemove(header.Sequence, out var pending))
            {
                if (header.Type == WardenMessageType.Failure)
                {
                    pending.Fail(new EngineException((EngineErrorKind)payload.Span[0], Encoding.UTF8.GetString(payload.Span[1..])));
                }
                else
                {
                    pending.Answer(payload, [.. descriptors]);
                }
            }
        }
        _lost = true;
        foreach (var pending in _pending.Values)
        {
            pending.Fail(Gone());
        }
        foreach (var party in _parties)
        {
            party.OnLost(this);
        }
        _channel.Dispose();
        _ = Libc.Wait(_pid);
        _ended.TrySetResult();
    }

    private static EngineException Gone() => new(EngineErrorKind.Unavailable, "The warden is gone.");

    private static List<string> InheritedEnvironment()
    {
        // The warden needs what its own runtime reads, and nothing else.
        List<string> environment = [];
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry.Key is string name && (name is "PATH" or "HOME" or "LD_LIBRARY_PATH" || name.StartsWith("DOTNET_", StringComparison.Ordinal)))
            {
                environment.Add($"{name}={entry.Value}");
            }
        }
        return environment;
    }

    /// <summary>Closes the socket: the warden ends what is ephemeral.</summary>
    public void Dispose() => _channel.Shutdown();

    private abstract class Pending
    {
        internal abstract void Answer(ReadOnlyMemory<byte> payload, int[] descriptors);

        internal abstract void Fail(EngineException error);
    }

    private sealed class Pending<T>(Taker<T> take, Action<T?>? undo) : Pending
        where T : notnull
    {
        private int _state;

        internal TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal override void Answer(ReadOnlyMemory<byte> payload, int[] descriptors)
        {
            if (Interlocked.CompareExchange(ref _state, 2, 0) == 0)
            {
                Completion.TrySetResult(take(payload, descriptors));
                return;
            }
            foreach (var fd in descriptors)
            {
                _ = Libc.Close(fd);
            }
            undo?.Invoke(default);
        }

        internal override void Fail(EngineException error) => Completion.TrySetException(error);

        /// <summary>A request whose caller has left must leave nothing behind, whether its answer is still to come or has just come.</summary>
        internal async ValueTask LeaveAsync()
        {
            if (Interlocked.CompareExchange(ref _state, 1, 0) != 0 && undo is not null)
            {
                undo(await Completion.Task);
            }
        }
    }
}
