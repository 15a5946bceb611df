using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

/// <summary>
/// An engine whose workloads are tasks of the test's own. Each gets real listeners on the loopback and plays a runtime by the script that
/// the test sets.
/// </summary>
internal sealed class FakeEngine : IEngine
{
    private readonly ConcurrentQueue<FakeWorkload> _started = new();

    /// <summary>What a runtime does from its start to its exit code. Set before the first invocation.</summary>
    internal Func<FakeRuntime, Task<int>> Script { get; set; } = FakeRuntime.EchoAsync;

    /// <summary>Thrown by the next start, once.</summary>
    internal EngineException? NextStartFails { get; set; }

    /// <summary>Thrown by every start.</summary>
    internal EngineException? StartsFail { get; set; }

    /// <summary>Thrown by every preparation.</summary>
    internal EngineException? PrepareFails { get; set; }

    internal IReadOnlyList<FakeWorkload> Started => [.. _started];

    public string Name => "fake";

    public EngineCapabilities Capabilities { get; } = new()
    {
        ArtifactKinds = new HashSet<ArtifactKind> { ArtifactKind.Zip },
        OwnRoot = true,
        OwnNetwork = true,
        MemoryLimit = true,
        CpuLimit = true,
        PidsLimit = true,
        TmpLimit = true,
        Freeze = true,
        Images = true,
    };

    public IsolationLevel Isolation => IsolationLevel.None;

    public string IsolationReason => "It is a fake.";

    public async ValueTask PrepareAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        if (PrepareFails is { } failure)
        {
            throw failure;
        }

        await using var stream = await artifact.OpenAsync(cancellationToken);
        Assert.True(await stream.ReadAsync(new byte[1], cancellationToken) == 1);
    }

    public ValueTask PrepareAsync(ImageRoot image, CancellationToken cancellationToken) =>
        PrepareFails is { } failure ? throw failure : ValueTask.CompletedTask;

    public IReadOnlyList<EngineRequirement> Requirements => [];

    public ValueTask<IWorkloadGroup> CreateGroupAsync(GroupSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IWorkloadGroup?> FindGroupAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<string> ListGroupsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
    {
        if (StartsFail is { } always)
        {
            throw always;
        }

        if (NextStartFails is { } failure)
        {
            NextStartFails = null;
            throw failure;
        }

        var workload = new FakeWorkload(spec, Script);
        _started.Enqueue(workload);
        return new(workload);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class FakeWorkload : IWorkload
{
    private readonly Channel<(LogChunk? Chunk, Action? Callback)> _output = Channel.CreateUnbounded<(LogChunk?, Action?)>();
    private int _unhandled;
    private readonly TaskCompletionSource<WorkloadExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly List<FakeListener> _listeners;
    private readonly Task _running;
    private TaskCompletionSource _thawed = new();

    internal FakeWorkload(WorkloadSpec spec, Func<FakeRuntime, Task<int>> script)
    {
        Spec = spec;
        _thawed.SetResult();
        _listeners = [.. spec.Endpoints.Select(endpoint => new FakeListener(endpoint))];
        Runtime = new FakeRuntime(this, _listeners[0].Port, _end.Token);
        _running = Task.Run(() => RunAsync(script));
    }

    internal WorkloadSpec Spec { get; }

    internal FakeRuntime Runtime { get; }

    internal int FreezeCount { get; private set; }

    internal int? CpuMillis { get; private set; }

    internal bool IsDisposed { get; private set; }

    internal Task Thawed => _thawed.Task;

    /// <summary>The exit that a kill reports; null: SIGKILL.</summary>
    internal Task<WorkloadExit> Exit => _exit.Task;

    public string Id => Spec.Id;

    public IReadOnlyList<IWorkloadListener> Listeners => _listeners;

    public async IAsyncEnumerable<LogChunk> ReadOutputAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (chunk, callback) in _output.Reader.ReadAllAsync(cancellationToken))
        {
            if (chunk is not null)
            {
                yield return chunk;
            }

            callback?.Invoke();
            Interlocked.Decrement(ref _unhandled);
        }
    }

    public IAsyncEnumerable<LogChunk> ReadOutputAsync(long after, CancellationToken cancellationToken) => ReadOutputAsync(cancellationToken);

    public DateTimeOffset StartedAt { get; } = TimeProvider.System.GetUtcNow();

    public ValueTask<ExecResult> ExecAsync(ExecSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RemoveAsync(CancellationToken cancellationToken) => DisposeAsync();

    public void AfterOutput(Action callback)
    {
        Interlocked.Increment(ref _unhandled);
        if (Volatile.Read(ref _unhandled) == 1 || !_output.Writer.TryWrite((null, callback)))
        {
            Interlocked.Decrement(ref _unhandled);
            callback();
        }
    }

    public Task<WorkloadExit> WaitAsync(CancellationToken cancellationToken) => _exit.Task.WaitAsync(cancellationToken);

    public ValueTask FreezeAsync(CancellationToken cancellationToken)
    {
        FreezeCount++;
        if (_thawed.Task.IsCompleted)
        {
            _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ThawAsync(CancellationToken cancellationToken)
    {
        _thawed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public ValueTask SetCpuAsync(int? milliCpu, CancellationToken cancellationToken)
    {
        CpuMillis = milliCpu;
        return ValueTask.CompletedTask;
    }

    public ValueTask<WorkloadExit> StopAsync(TimeSpan? grace, CancellationToken cancellationToken) => KillAsync(cancellationToken);

    public async ValueTask<WorkloadExit> KillAsync(CancellationToken cancellationToken)
    {
        End(new WorkloadExit { Signal = 9 });
        return await _exit.Task;
    }

    public ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken) => new(new WorkloadStats
    {
        MemoryBytes = 20 << 20,
        MaxMemoryBytes = 36 << 20,
        CpuTime = TimeSpan.FromMilliseconds(5),
        Pids = 1,
    });

    public async ValueTask DisposeAsync()
    {
        End(new WorkloadExit { Signal = 9 });
        _listeners.ForEach(listener => listener.Dispose());
        await _running;
        Runtime.Dispose();
        _end.Dispose();
        IsDisposed = true;
    }

    internal void End(WorkloadExit exit)
    {
        if (_exit.TrySetResult(exit))
        {
            _output.Writer.TryComplete();
            _end.Cancel();
        }
    }

    internal ValueTask WriteAsync(string text, LogStream stream)
    {
        Interlocked.Increment(ref _unhandled);
        return _output.Writer.WriteAsync(
            (new LogChunk { Stream = stream, Data = Encoding.UTF8.GetBytes(text), ReadAt = TimeProvider.System.GetUtcNow() }, null), _end.Token);
    }

    private async Task RunAsync(Func<FakeRuntime, Task<int>> script)
    {
        try
        {
            End(new WorkloadExit { ExitCode = await script(Runtime) });
        }
        catch (Exception ended) when (ended is OperationCanceledException or HttpRequestException or IOException or ChannelClosedException)
        {
            End(new WorkloadExit { ExitCode = 1 });
        }
    }
}

internal sealed class FakeListener : IWorkloadListener, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    internal FakeListener(EndpointSpec endpoint)
    {
        Endpoint = endpoint;
        _listener.Start();
    }

    public EndpointSpec Endpoint { get; }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask<Socket?> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _listener.AcceptSocketAsync(cancellationToken);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _listener.Dispose();
}
