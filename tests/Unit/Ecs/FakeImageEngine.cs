using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Fogbank.Engines;

namespace Fogbank.Tests.Unit.Ecs;

/// <summary>
/// The engine contract over a <see cref="FakeMachine"/>. Commands: <c>exit CODE TEXT</c> prints and ends at once, <c>run</c> goes on until it is
/// told to stop, <c>stubborn</c> until it is killed, <c>missing</c> is no program.
/// </summary>
internal sealed class FakeImageEngine(FakeMachine machine) : IEngine
{
    public string Name => "fake";

    public EngineCapabilities Capabilities { get; } = new()
    {
        ArtifactKinds = new HashSet<ArtifactKind>(),
        OwnRoot = true,
        OwnNetwork = true,
        MemoryLimit = true,
        CpuLimit = true,
        PidsLimit = true,
        TmpLimit = true,
        Freeze = true,
        Images = true,
        Groups = true,
        Networks = true,
        Exec = true,
    };

    public IsolationLevel Isolation => IsolationLevel.None;

    public string IsolationReason => "nothing runs";

    public IReadOnlyList<EngineRequirement> Requirements => [];

    public ValueTask PrepareAsync(Artifact artifact, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask PrepareAsync(ImageRoot image, CancellationToken cancellationToken)
    {
        await machine.PointAsync(cancellationToken);
        await machine.PointAsync(cancellationToken);
    }

    public async ValueTask<IWorkloadGroup> CreateGroupAsync(GroupSpec spec, CancellationToken cancellationToken)
    {
        await machine.PointAsync(cancellationToken);
        machine.Groups.TryAdd(spec.Id, new());
        await machine.PointAsync(cancellationToken);
        return new Group(machine, spec.Id, spec.Endpoints);
    }

    public async ValueTask<IWorkloadGroup?> FindGroupAsync(string id, CancellationToken cancellationToken)
    {
        await machine.PointAsync(cancellationToken);
        EndpointSpec Endpoint(string name) => new() { Name = name, Address = System.Net.IPAddress.Loopback, Port = 1 };
        return machine.Groups.ContainsKey(id) ? new Group(machine, id, [Endpoint("a"), Endpoint("b"), Endpoint("c"), Endpoint("d")]) : null;
    }

    public async IAsyncEnumerable<string> ListGroupsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var id in machine.Groups.Keys)
        {
            yield return id;
        }
    }

    public ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Listener(EndpointSpec endpoint, CancellationToken end) : IWorkloadListener
    {
        public EndpointSpec Endpoint => endpoint;

        public async ValueTask<Socket?> AcceptAsync(CancellationToken cancellationToken)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(end, cancellationToken);
            await Task.Delay(Timeout.Infinite, both.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            return null;
        }
    }

    private sealed class Group(FakeMachine machine, string id, IReadOnlyList<EndpointSpec> endpoints) : IWorkloadGroup
    {
        private readonly CancellationTokenSource _end = new();

        public string Id => id;

        public IReadOnlyList<IWorkloadListener> Listeners => [.. endpoints.Select(endpoint => new Listener(endpoint, _end.Token))];

        private FakeGroupState State => machine.Groups.TryGetValue(id, out var state) ? state : throw new EngineException(EngineErrorKind.NotRunning, "The group is gone.");

        public async ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
        {
            await machine.PointAsync(cancellationToken);
            if (spec.Command[0] == "missing")
            {
                throw new EngineException(EngineErrorKind.CommandNotExecutable, "no such file");
            }

            var state = new FakeWorkloadState { Spec = spec, StartedAt = TimeProvider.System.GetUtcNow() };
            if (State.Workloads.TryAdd(spec.Id, state))
            {
                machine.Starts.Enqueue(spec.Id);
                if (spec.Command[0] == "exit")
                {
                    state.Output = string.Concat(spec.Command.Skip(2).Select(line => line + "\n"));
                    state.Exit.TrySetResult(new() { ExitCode = int.Parse(spec.Command[1], CultureInfo.InvariantCulture) });
                }
            }

            await machine.PointAsync(cancellationToken);
            return new Workload(machine, this, State.Workloads[spec.Id]);
        }

        public async ValueTask<IWorkload?> FindAsync(string workloadId, CancellationToken cancellationToken)
        {
            await machine.PointAsync(cancellationToken);
            return State.Workloads.TryGetValue(workloadId, out var state) ? new Workload(machine, this, state) : null;
        }

        public ValueTask<Socket> ConnectAsync(int port, CancellationToken cancellationToken) => throw new SocketException((int)SocketError.ConnectionRefused);

        public ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken) => throw new EngineException(EngineErrorKind.NotRunning, "no stats");

        public async ValueTask RemoveAsync(CancellationToken cancellationToken)
        {
            await machine.PointAsync(cancellationToken);
            if (machine.Groups.TryRemove(id, out var state))
            {
                foreach (var workload in state.Workloads.Values)
                {
                    workload.Exit.TrySetResult(new() { Signal = 9 });
                }
            }

            await machine.PointAsync(cancellationToken);
        }

        internal void Forget(string workloadId) => State.Workloads.TryRemove(workloadId, out _);

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
        }
    }

    private sealed class Workload(FakeMachine machine, Group group, FakeWorkloadState state) : IWorkload
    {
        public string Id => state.Spec.Id;

        public IReadOnlyList<IWorkloadListener> Listeners => [];

        public DateTimeOffset StartedAt => state.StartedAt;

        public IAsyncEnumerable<LogChunk> ReadOutputAsync(CancellationToken cancellationToken) => ReadOutputAsync(0, cancellationToken);

        public async IAsyncEnumerable<LogChunk> ReadOutputAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var bytes = Encoding.UTF8.GetBytes(state.Output);
            for (var i = (int)after; i < bytes.Length; i++)
            {
                yield return new() { Stream = LogStream.StandardOutput, Data = bytes.AsMemory(i, 1), ReadAt = StartedAt, Position = i + 1 };
            }

            await state.Exit.Task.WaitAsync(cancellationToken);
        }

        public void AfterOutput(Action callback) => callback();

        public Task<WorkloadExit> WaitAsync(CancellationToken cancellationToken) => state.Exit.Task.WaitAsync(cancellationToken);

        public ValueTask FreezeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ThawAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask SetCpuAsync(int? milliCpu, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async ValueTask<WorkloadExit> StopAsync(TimeSpan? grace, CancellationToken cancellationToken)
        {
            await machine.PointAsync(cancellationToken);
            state.Exit.TrySetResult(state.Spec.Command[0] == "stubborn" ? new() { Signal = 9 } : new() { Signal = 15 });
            await machine.PointAsync(cancellationToken);
            return await state.Exit.Task;
        }

        public ValueTask<WorkloadExit> KillAsync(CancellationToken cancellationToken) => StopAsync(TimeSpan.Zero, cancellationToken);

        public ValueTask<ExecResult> ExecAsync(ExecSpec spec, CancellationToken cancellationToken) => new(new ExecResult(0, default));

        public ValueTask RemoveAsync(CancellationToken cancellationToken)
        {
            group.Forget(Id);
            return ValueTask.CompletedTask;
        }

        public ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken) => throw new EngineException(EngineErrorKind.NotRunning, "no stats");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
