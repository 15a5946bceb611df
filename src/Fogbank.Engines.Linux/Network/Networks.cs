using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Network;

/// <summary>
/// All networks of a warden, and the namespaces in them. Members may be called from many threads at once; the calling thread enters other
/// network namespaces for moments and must be in the machine's own.
/// </summary>
internal sealed class Networks : IDisposable
{
    private readonly ConcurrentDictionary<string, NetworkMember> _durable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VpcNetwork> _networks = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly BlockingCollection<VpcNetwork> _refills = new(1024);
    private readonly NetworksOptions _options;
    private readonly Uplinks _uplinks;
    private readonly int _home;
    private readonly Thread _keeper;
    private readonly Thread _watcher;
    private readonly CancellationTokenSource _stop = new();

    private Networks(NetworksOptions options)
    {
        _options = options;
        _home = NamespaceFile.OpenCurrent();
        _uplinks = new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(options.Directory))), 0, 3), options.MachineDirectory);
        _keeper = new Thread(Keep, 512 * 1024) { IsBackground = true, Name = "networks" };
        _watcher = new Thread(() => _uplinks.Watch(_stop.Token), 512 * 1024) { IsBackground = true, Name = "network changes" };
    }

    /// <summary>Finds what an earlier warden left: durable namespaces and their networks stay, all else is removed.</summary>
    internal static Networks Open(NetworksOptions options)
    {
        Networks networks = new(options);
        networks.Recover();
        networks._keeper.Start();
        networks._watcher.Start();
        return networks;
    }

    /// <summary>
    /// Gives a place in a network, or with no spec a namespace with loopback only. <paramref name="id"/> is that of the workload or group;
    /// a durable one of this id that exists is given back as it is. Addresses on loopback are added for the endpoints.
    /// </summary>
    internal NetworkMember Join(string id, NetworkSpec? spec, IEnumerable<System.Net.IPAddress> endpointAddresses, bool isDurable)
    {
        if (isDurable && _durable.TryGetValue(id, out var existing))
        {
            return existing;
        }
        if (spec is null)
        {
            return Complete(id, null, WiredNamespace.Create(_home), null, endpointAddresses, isDurable);
        }
        NetworkRules.Check(spec);
        var network = Enter(spec);
        try
        {
            var wired = network.Take(spec.BytesPerSecond is not null, out _);
            _ = _refills.TryAdd(network);
            return Complete(id, spec, wired, network, endpointAddresses, isDurable);
        }
        catch
        {
            network.Exit();
            throw;
        }
    }

    /// <summary>A durable namespace, or null.</summary>
    internal NetworkMember? Find(string id) => _durable.GetValueOrDefault(id);

    /// <summary>Ids of all durable namespaces, also those that no record claims.</summary>
    internal IReadOnlyCollection<string> List() => [.. _durable.Keys];

    /// <summary>Takes a member away, its durable name too. Its processes must have ended. Repeating it is harmless.</summary>
    internal void Leave(NetworkMember member)
    {
        if (!member.TryLeave())
        {
            return;
        }
        if (member.Path is not null)
        {
            File.Delete(RecordPath(member.Id));
        }
        if (member.Network is not null)
        {
            member.Network.Expel(member.Wired.PortIndex, member.Spec!);
            member.Network.Exit();
        }
        if (member.Path is not null)
        {
            NamespaceFile.Unpin(member.Path);
            _durable.TryRemove(member.Id, out _);
        }
        member.Wired.Dispose();
    }

    /// <summary>Removes durable namespaces that no record claims.</summary>
    internal void Sweep(IReadOnlySet<string> claimed)
    {
        foreach (var member in _durable.Values.Where(member => !claimed.Contains(member.Id)))
        {
            Leave(member);
        }
    }

    /// <summary>A TCP socket in a network's own namespace, from which all its workloads are reached; the descriptor is the caller's.</summary>
    internal int NewSocket(string network)
    {
        lock (_gate)
        {
            return _networks.TryGetValue(network, out var found) && found.TryEnter()
                ? Finally(() => NewSocket(found.Descriptor, _home), found.Exit)
                : throw new EngineException(EngineErrorKind.NotRunning, $"Nothing runs in the network {network}.");
        }
    }

    internal static int NewSocket(int descriptor, int home) => NamespaceFile.Inside(descriptor, home, () =>
    {
        var fd = Libc.Socket(Const.AfInet, Const.SockStream | Const.SockCloExec, 0);
        return fd >= 0 ? fd : throw new EngineException(EngineErrorKind.ResourceExhausted, $"socket failed: {Libc.Describe(Libc.Errno)}.");
    });

    /// <summary>Removes networks in which nobody is any more, at once and not after their time.</summary>
    internal void RemoveEmpty() => RemoveEmpty(TimeSpan.Zero);

    /// <summary>Namespaces that wait in a network, for tests and measurements.</summary>
    internal int Ready(string network, bool limitable)
    {
        lock (_gate)
        {
            return _networks.TryGetValue(network, out var found) ? found.Ready(limitable) : 0;
        }
    }

    private static T Finally<T>(Func<T> action, Action after)
    {
        try
        {
            return action();
        }
        finally
        {
            after();
        }
    }

    private string VpcFolder => Path.Combine(_options.Directory, "vpc");

    private string MemberFolder => Path.Combine(_options.Directory, "member");

    private string RecordPath(string id) => Path.Combine(MemberFolder, id + ".json");

    private NetworkMember Complete(
        string id, NetworkSpec? spec, WiredNamespace wired, VpcNetwork? network, IEnumerable<System.Net.IPAddress> endpointAddresses, bool isDurable)
    {
        var path = isDurable ? Path.Combine(MemberFolder, id) : null;
        try
        {
            network?.Admit(wired, spec!);
            wired.Configure(spec, endpointAddresses);
            NetworkMember member = new(id, spec, wired, network, path, _home);
            if (path is not null)
            {
                NamespaceFile.Pin(wired.Descriptor, path);
                RecordFile.Write(RecordPath(id), MemberRecord.From(spec, wired.Port));
                _durable[id] = member;
            }
            return member;
        }
        catch
        {
            if (path is not null)
            {
                NamespaceFile.Unpin(path);
            }
            network?.Expel(wired.PortIndex, spec!);
            wired.Dispose();
            throw;
        }
    }

    private VpcNetwork Enter(NetworkSpec spec)
    {
        lock (_gate)
        {
            // One that is being removed is taken out of the table within the lock, so this ends.
            if (_networks.TryGetValue(spec.Network, out var existing) && existing.TryEnter())
            {
                return existing;
            }
            var made = VpcNetwork.Create(spec.Network, spec.Range, _home);
            var path = Path.Combine(VpcFolder, spec.Network);
            try
            {
                NamespaceFile.Pin(made.Descriptor, path);
                made.SetUplink(_uplinks.Attach(spec.Network, spec.Range, made.Descriptor));
                _uplinks.Settle(spec.Network);
                RecordFile.Write(path + ".json", new VpcRecord { Range = spec.Range.ToString() });
            }
            catch
            {
                NamespaceFile.Unpin(path);
                _uplinks.Detach(spec.Network);
                made.Dispose();
                throw;
            }
            _networks[spec.Network] = made;
            made.TryEnter();
            return made;
        }
    }

    private void Recover()
    {
        NamespaceFile.PrepareFolder(_options.Directory);
        Directory.CreateDirectory(VpcFolder);
        Directory.CreateDirectory(MemberFolder);
        foreach (var (name, path) in Names(VpcFolder))
        {
            var record = RecordFile.ReadVpc(path + ".json");
            var descriptor = record is null ? -1 : NamespaceFile.TryOpen(path);
            if (descriptor < 0)
            {
                File.Delete(path + ".json");
                NamespaceFile.Unpin(path);
                continue;
            }
            _networks[name] = VpcNetwork.Open(name, System.Net.IPNetwork.Parse(record!.Range), descriptor, _home);
        }
        foreach (var (id, path) in Names(MemberFolder))
        {
            if (!TryRecover(id, path))
            {
                File.Delete(path + ".json");
                NamespaceFile.Unpin(path);
            }
        }
        RemoveEmpty(TimeSpan.Zero);
        _uplinks.Sweep(_networks.Keys);
    }

    private bool TryRecover(string id, string path)
    {
        if (RecordFile.ReadMember(path + ".json") is not { } record)
        {
            return false;
        }
        VpcNetwork? network = null;
        if (record.Network is not null && !_networks.TryGetValue(record.Network, out network))
        {
            return false;
        }
        var descriptor = NamespaceFile.TryOpen(path);
        if (descriptor < 0)
        {
            return false;
        }
        network?.TryEnter();
        var wired = WiredNamespace.Open(descriptor, _home, network?.PortOf(record.Port!) ?? 0);
        _durable[id] = new(id, record.ToSpec(), wired, network, path, _home);
        return true;
    }

    // Names can stand there as a namespace, as a record, or as both.
    private static IEnumerable<(string Name, string Path)> Names(string folder) =>
        Directory.EnumerateFiles(folder)
            .Where(path => !path.EndsWith(".part", StringComparison.Ordinal))
            .Select(path => path.EndsWith(".json", StringComparison.Ordinal) ? path[..^5] : path)
            .Distinct()
            .ToList()
            .Select(path => (Path.GetFileName(path), path));

    private void RemoveEmpty(TimeSpan linger)
    {
        lock (_gate)
        {
            foreach (var network in _networks.Values.ToList())
            {
                if (network.EmptySince is { } since && TimeProvider.System.GetElapsedTime(since) >= linger && network.TryClose())
                {
                    _networks.Remove(network.Name);
                    var path = Path.Combine(VpcFolder, network.Name);
                    File.Delete(path + ".json");
                    _uplinks.Detach(network.Name);
                    NamespaceFile.Unpin(path);
                    network.Dispose();
                }
            }
        }
    }

    // Fills pools and removes what is not used any more.
    private void Keep()
    {
        while (!_refills.IsCompleted)
        {
            try
            {
                if (_refills.TryTake(out var network, 250))
                {
                    while (network.Refill(_options.PoolSize))
                    {
                    }
                }
                RemoveEmpty(_options.Linger);
            }
            catch (Exception error) when (error is EngineException or IOException or ObjectDisposedException)
            {
                // A start that finds no namespace ready makes its own, and then reports what is wrong.
            }
        }
    }

    /// <summary>Lets go of everything; durable namespaces and their networks stay, all else is removed.</summary>
    public void Dispose()
    {
        _refills.CompleteAdding();
        _stop.Cancel();
        _keeper.Join();
        _watcher.Join();
        RemoveEmpty(TimeSpan.Zero);
        foreach (var member in _durable.Values)
        {
            member.Wired.Dispose();
        }
        lock (_gate)
        {
            foreach (var network in _networks.Values)
            {
                network.Dispose();
            }
            if (_networks.Count == 0 && _durable.IsEmpty)
            {
                NamespaceFile.RemoveFolder(_options.Directory);
            }
        }
        _uplinks.Dispose();
        _refills.Dispose();
        _stop.Dispose();
        _ = Libc.Close(_home);
    }
}
