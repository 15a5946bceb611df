using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Images;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci;

/// <summary>A group that a warden made or found.</summary>
internal sealed class OciGroup : IWorkloadGroup
{
    private readonly OciEngine _engine;
    private readonly WardenClient _madeBy;
    private readonly GroupRecord _record;
    private readonly WorkloadListener[] _listeners;
    private readonly ConcurrentDictionary<string, OciWorkload> _workloads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerEnd> _ends = [];
    private readonly Lock _gate = new();
    private int _disposed;

    internal OciGroup(OciEngine engine, WardenClient warden, GroupRecord record, IReadOnlyList<EndpointSpec> endpoints, int[] descriptors)
    {
        _engine = engine;
        _madeBy = warden;
        _record = record;
        _listeners = [.. descriptors.Select((descriptor, index) => new WorkloadListener(endpoints[index], descriptor))];
    }

    public string Id => _record.Id;

    internal bool IsDurable => _record.IsDurable;

    public IReadOnlyList<IWorkloadListener> Listeners => _listeners;

    internal static GroupRecord RecordOf(GroupSpec spec, bool isImplicit) => new()
    {
        Id = spec.Id,
        IsDurable = spec.Lifetime == Lifetime.Durable,
        MemoryBytes = spec.MemoryBytes,
        CpuMillis = spec.CpuMillis,
        MaxPids = spec.MaxPids,
        StorageBytes = spec.StorageBytes,
        Volumes = [.. spec.Volumes],
        HostName = spec.HostName,
        Network = NetworkRecord.From(spec.Network),
        Endpoints = [.. spec.Endpoints.Select(SandboxEndpoint.From)],
        EndpointNames = [.. spec.Endpoints.Select(endpoint => endpoint.Name)],
        NameServers = [.. spec.NameServers],
        SearchDomains = [.. spec.SearchDomains],
        Hosts = new(spec.Hosts),
        Sysctls = new(spec.Sysctls),
        SharePids = spec.SharePids,
        IsImplicit = isImplicit,
    };

    internal static IReadOnlyList<EndpointSpec> EndpointsOf(GroupRecord record) =>
    [
        .. record.Endpoints.Select((endpoint, index) => new EndpointSpec
        {
            Name = record.EndpointNames[index],
            Address = IPAddress.Parse(endpoint.Address),
            Port = endpoint.Port,
            Protocol = endpoint.IsDatagram ? EndpointProtocol.Udp : EndpointProtocol.Tcp,
            AddressVariable = endpoint.AddressVariable,
            UrlVariable = endpoint.UrlVariable,
        }),
    ];

    /// <inheritdoc/>
    public async ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        OciRules.Check(spec, _record.Volumes);
        return await StartAsync(spec, _record.HostName, cancellationToken);
    }

    internal async ValueTask<OciWorkload> StartAsync(WorkloadSpec spec, string hostName, CancellationToken cancellationToken)
    {
        var lease = await _engine.Layers.LeaseAsync(spec.Image!, cancellationToken);
        try
        {
            var message = new OciMessage { Type = OciMessageType.Start, Group = Id, Spec = ContainerSpecs.Of(spec, lease, hostName, _record.CpuMillis) };
            var warden = await WardenAsync(cancellationToken);
            return await OciEngine.AskAsync(
                warden,
                message,
                (answer, descriptors) => Register(warden, answer.State!, lease, descriptors),
                made => Undo(warden, spec.Id, made),
                cancellationToken);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private void Undo(WardenClient warden, string id, OciWorkload? made)
    {
        warden.Tell(OciEngine.DriverCode, new OciMessage { Type = OciMessageType.Remove, Group = Id, Container = id }.Serialize());
        made?.LetGo();
    }

    private OciWorkload Register(WardenClient warden, ContainerState state, LayerLease? lease, int[] pipes)
    {
        OciWorkload workload;
        lock (_gate)
        {
            if (_workloads.TryGetValue(state.Id, out var known))
            {
                lease?.Dispose();
                return known;
            }
            workload = new(_engine, this, warden, state, lease, _engine.OutputOf(pipes));
            _workloads[state.Id] = workload;
            // The end may have been told before the start was.
            if (state.End is null && _ends.TryGetValue(state.Id, out var end))
            {
                state = state with { End = end };
            }
        }
        if (state.End is not null)
        {
            workload.OnExited(state.End);
        }
        return workload;
    }

    /// <inheritdoc/>
    public async ValueTask<IWorkload?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (_workloads.TryGetValue(id, out var known))
        {
            return known;
        }
        var warden = await WardenAsync(cancellationToken);
        var answer = await OciEngine.AskAsync(warden, new() { Type = OciMessageType.Find, Group = Id, Container = id }, cancellationToken);
        if (answer.State is not { } state)
        {
            return null;
        }
        var lease = state.End is null ? await _engine.Layers.RetakeAsync(state.DiffIds, cancellationToken) : null;
        return Register(warden, state, lease, []);
    }

    /// <inheritdoc/>
    public async ValueTask<Socket> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var warden = await WardenAsync(cancellationToken);
        var socket = await OciEngine.AskAsync(
            warden,
            new() { Type = OciMessageType.Connect, Group = Id },
            static (_, descriptors) => new Socket(new SafeSocketHandle(descriptors[0], ownsHandle: true)),
            static made => made?.Dispose(),
            cancellationToken);
        try
        {
            await socket.ConnectAsync(_record.Network is { } network ? IPAddress.Parse(network.Address) : IPAddress.Loopback, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken)
    {
        var answer = await OciEngine.AskAsync(await WardenAsync(cancellationToken), new() { Type = OciMessageType.Stats, Group = Id }, cancellationToken);
        return answer.Use!.View();
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CancellationToken cancellationToken)
    {
        Release();
        var warden = await WardenAsync(cancellationToken);
        await OciEngine.AskAsync(warden, new() { Type = OciMessageType.RemoveGroup, Group = Id }, cancellationToken);
        foreach (var workload in _workloads.Values)
        {
            workload.OnRemoved();
        }
    }

    internal async ValueTask RemoveAsync(OciWorkload workload, CancellationToken cancellationToken)
    {
        if (_record.IsImplicit)
        {
            await RemoveQuietlyAsync(cancellationToken);
            return;
        }
        var warden = await WardenAsync(cancellationToken);
        await OciEngine.AskAsync(warden, new() { Type = OciMessageType.Remove, Group = Id, Container = workload.Id }, cancellationToken);
        lock (_gate)
        {
            _workloads.TryRemove(workload.Id, out _);
            _ends.Remove(workload.Id);
        }
    }

    internal void Forget(OciWorkload workload) => _workloads.TryRemove(KeyValuePair.Create(workload.Id, workload));

    /// <summary>What is durable can be reached by any warden, what is not only by the one that made it.</summary>
    internal async ValueTask<WardenClient> WardenAsync(CancellationToken cancellationToken) =>
        IsDurable ? await _engine.WardenAsync(cancellationToken) : _madeBy;

    internal void OnExited(string container, ContainerEnd end)
    {
        OciWorkload? workload;
        lock (_gate)
        {
            _ends[container] = end;
            _workloads.TryGetValue(container, out workload);
        }
        workload?.OnExited(end);
    }

    internal void OnLost(WardenClient warden)
    {
        if (!IsDurable && warden == _madeBy)
        {
            foreach (var workload in _workloads.Values)
            {
                workload.OnExited(new() { Lost = true, Use = new() });
            }
        }
    }

    /// <summary>Gives back what is held here, and touches nothing else.</summary>
    internal void LetGo()
    {
        Interlocked.Exchange(ref _disposed, 1);
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
        _engine.Forget(this);
    }

    private void Release()
    {
        LetGo();
    }

    private async ValueTask RemoveQuietlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RemoveAsync(cancellationToken);
        }
        catch (EngineException error) when (error.Kind is EngineErrorKind.Unavailable && !_madeBy.IsAlive)
        {
            // It died with its warden, and the next one sweeps what is left.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        LetGo();
        if (!IsDurable)
        {
            await RemoveQuietlyAsync(CancellationToken.None);
        }
        foreach (var workload in _workloads.Values)
        {
            workload.LetGo();
        }
    }
}
