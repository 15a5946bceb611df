using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Process.Protocol;

namespace Fogbank.Engines.Process;

/// <summary>The region's side of a warden: starts it, sends requests, and learns of ends. When the warden dies, all its workloads are lost.</summary>
internal sealed class WardenClient : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    private readonly WardenChannel _channel;
    private readonly int _pid;
    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private readonly ConcurrentDictionary<long, ProcessWorkload> _workloads = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;
    private volatile bool _lost;

    private WardenClient(WardenChannel channel, int pid)
    {
        _channel = channel;
        _pid = pid;
    }

    /// <summary>False once the warden is gone; a new client is then needed.</summary>
    internal bool IsAlive => !_lost;

    /// <summary>Completes when the warden is gone.</summary>
    internal Task Ended => _ended.Task;

    internal int Pid => _pid;

    /// <summary>Starts a warden by a command, to which <c>warden --socket 3</c> is added. Returns at once; it is ready when it answers.</summary>
    internal static WardenClient Start(IReadOnlyList<string> command)
    {
        var (region, warden) = WardenChannel.CreatePair();
        var nullDevice = Libc.Open("/dev/null", Const.ORdWr | Const.OCloExec);
        try
        {
            var pid = Spawn.Start(command[0], [.. command, WardenProgram.Command, "--socket", "3"], InheritedEnvironment(),
                [(nullDevice, 0), (nullDevice, 1), (warden, 3)]);
            WardenClient client = new(new WardenChannel(region), pid);
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

    /// <summary>Sends a request and waits for its answer.</summary>
    internal async ValueTask<WardenMessage> AskAsync(WardenMessage message, CancellationToken cancellationToken) =>
        (await SendAsync(message, null, cancellationToken)).Message;

    /// <summary>Starts a workload, which <paramref name="make"/> makes of the received descriptors.</summary>
    internal async ValueTask<ProcessWorkload> StartAsync(
        long number, SandboxSpec spec, Func<int[], ProcessWorkload> make, CancellationToken cancellationToken)
    {
        WardenMessage message = new() { Type = WardenMessageType.Start, Workload = number, Start = spec };
        return (await SendAsync(message, make, cancellationToken)).Workload!;
    }

    /// <summary>Forgets a workload that was disposed.</summary>
    internal void Forget(long number) => _workloads.TryRemove(number, out _);

    private async ValueTask<Pending.Answer> SendAsync(WardenMessage message, Func<int[], ProcessWorkload>? make, CancellationToken cancellationToken)
    {
        var sequence = Interlocked.Increment(ref _sequence);
        Pending pending = new(message.Workload, make);
        _pending[sequence] = pending;
        try
        {
            if (!_channel.Send((message with { Sequence = sequence }).Serialize(), []))
            {
                throw Gone();
            }
            // The receiving thread may have cleared the table before this request was in it.
            if (!IsAlive)
            {
                pending.Completion.TrySetException(Gone());
            }
            return await pending.Completion.Task.WaitAsync(RequestTimeout, cancellationToken);
        }
        catch (TimeoutException error)
        {
            await LeaveAsync(sequence, pending);
            throw new EngineException(EngineErrorKind.Unavailable, "The warden did not answer in time.", error);
        }
        catch (OperationCanceledException)
        {
            await LeaveAsync(sequence, pending);
            throw;
        }
    }

    /// <summary>A start whose caller has left must leave nothing behind, whether its answer is still to come or has just come.</summary>
    private async ValueTask LeaveAsync(long sequence, Pending pending)
    {
        if (pending.Make is null)
        {
            _pending.TryRemove(sequence, out _);
        }
        else if (!pending.Abandon() && (await pending.Completion.Task).Workload is { } workload)
        {
            await workload.DisposeAsync();
        }
    }

    private void Receive()
    {
        List<int> descriptors = [];
        while (_channel.Receive(descriptors) is { } bytes)
        {
            var message = WardenMessage.Deserialize(bytes.Span);
            if (message.Type == WardenMessageType.Exited)
            {
                if (_workloads.TryRemove(message.Workload, out var workload))
                {
                    workload.OnExited(message);
                }
            }
            else if (_pending.TryRemove(message.Sequence, out var pending))
            {
                Answer(pending, message, [.. descriptors]);
            }
        }
        _lost = true;
        foreach (var pending in _pending.Values)
        {
            pending.Completion.TrySetException(Gone());
        }
        foreach (var workload in _workloads.Values)
        {
            workload.OnLost();
        }
        _workloads.Clear();
        _channel.Dispose();
        _ = Libc.Wait(_pid);
        _ended.TrySetResult();
    }

    private void Answer(Pending pending, WardenMessage message, int[] descriptors)
    {
        if (message.ErrorKind is { } kind)
        {
            pending.Completion.TrySetException(new EngineException(kind, message.Error ?? "The warden gave no reason."));
            return;
        }
        if (pending.Make is null)
        {
            pending.Completion.TrySetResult(new(message, null));
            return;
        }
        if (!pending.TryAnswer())
        {
            foreach (var fd in descriptors)
            {
                _ = Libc.Close(fd);
            }
            _channel.Send(new WardenMessage { Type = WardenMessageType.Signal, Workload = pending.Workload, Value = Const.SigKill }.Serialize(), []);
            return;
        }
        var workload = pending.Make(descriptors);
        // Before the next message is read: it may be this workload's end.
        _workloads[pending.Workload] = workload;
        pending.Completion.TrySetResult(new(message, workload));
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

    /// <summary>Closes the socket: the warden kills everything and ends.</summary>
    public void Dispose() => _channel.Shutdown();

    private sealed class Pending(long workload, Func<int[], ProcessWorkload>? make)
    {
        private int _state;

        internal long Workload => workload;

        internal Func<int[], ProcessWorkload>? Make => make;

        internal TaskCompletionSource<Answer> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The caller has left; true unless the answer came first.</summary>
        internal bool Abandon() => Interlocked.CompareExchange(ref _state, 1, 0) == 0;

        internal bool TryAnswer() => Interlocked.CompareExchange(ref _state, 2, 0) == 0;

        internal readonly record struct Answer(WardenMessage Message, ProcessWorkload? Workload);
    }
}
