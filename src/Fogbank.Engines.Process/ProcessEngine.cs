using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines.Process.Artifacts;
using Fogbank.Engines.Process.Output;
using Fogbank.Engines.Process.Protocol;

namespace Fogbank.Engines.Process;

/// <summary>Runs workloads as processes of this machine, each in a sandbox of its own, through a warden beside the region.</summary>
public sealed class ProcessEngine : IEngine
{
    private readonly ProcessEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ArtifactCache _cache;
    private readonly Lazy<OutputPump> _pump = new(static () => new());
    private readonly SemaphoreSlim _starting = new(1);
    private static readonly TimeSpan MinWardenLife = TimeSpan.FromMilliseconds(500);

    private WardenClient? _warden;
    private Task _replacing = Task.CompletedTask;
    private long _number;
    private volatile bool _disposed;

    /// <summary>Looks at what the machine can do; nothing is started yet. Only one engine at a time may use the options' run directory.</summary>
    public ProcessEngine(ProcessEngineOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _cache = new(options.CacheDirectory, options.MaxCacheBytes, options.MaxPackedBytes);
        (Isolation, IsolationReason) = Host.Judge(options.DisableIsolation);
        var isolated = Isolation == IsolationLevel.Full;
        Capabilities = new()
        {
            ArtifactKinds = new HashSet<ArtifactKind> { ArtifactKind.Zip },
            OwnRoot = isolated,
            OwnNetwork = isolated,
            MemoryLimit = isolated,
            CpuLimit = isolated,
            PidsLimit = isolated,
            TmpLimit = isolated,
            Freeze = isolated,
        };
    }

    /// <summary>What an engine on this machine will be able to do, and why not more. Starts nothing.</summary>
    public static (IsolationLevel Level, string Reason) Judge(bool disableIsolation) => Host.Judge(disableIsolation);

    /// <inheritdoc/>
    public string Name => "process";

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public IsolationLevel Isolation { get; }

    /// <inheritdoc/>
    public string IsolationReason { get; }

    /// <summary>The warden now, for tests that kill it.</summary>
    internal int WardenPid => _warden?.Pid ?? 0;

    /// <summary>Starts the warden ahead of the first workload. Harmless to repeat; it is started again by itself when it was lost.</summary>
    public async ValueTask WarmAsync(CancellationToken cancellationToken) => await WardenAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        using var lease = await _cache.LeaseAsync(artifact, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask PrepareAsync(ImageRoot image, CancellationToken cancellationToken) => throw NoImages();

    /// <inheritdoc/>
    public IReadOnlyList<EngineRequirement> Requirements => [];

    /// <inheritdoc/>
    public ValueTask<IWorkloadGroup> CreateGroupAsync(GroupSpec spec, CancellationToken cancellationToken) => throw NoGroups();

    /// <inheritdoc/>
    public ValueTask<IWorkloadGroup?> FindGroupAsync(string id, CancellationToken cancellationToken) => throw NoGroups();

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListGroupsAsync(CancellationToken cancellationToken) => throw NoGroups();

    /// <inheritdoc/>
    public async ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        SpecRules.Check(spec, _options.Trees);
        List<ArtifactLease> leases = [];
        try
        {
            var sandbox = await ResolveAsync(spec, leases, cancellationToken);
            var warden = await WardenAsync(cancellationToken);
            var number = Interlocked.Increment(ref _number);
            return await warden.StartAsync(number, sandbox, descriptors => Make(warden, spec, number, descriptors, leases), cancellationToken);
        }
        catch
        {
            foreach (var lease in leases)
            {
                lease.Dispose();
            }
            throw;
        }
    }

    private ProcessWorkload Make(WardenClient warden, WorkloadSpec spec, long number, int[] descriptors, List<ArtifactLease> leases)
    {
        OutputBuffer output = new(_options.OutputBufferBytes, _options.OutputPatience, _time);
        _pump.Value.Add(descriptors[0], descriptors[1], output);
        return new(warden, spec, number, output,
            [.. spec.Endpoints.Select((endpoint, index) => new WorkloadListener(endpoint, descriptors[2 + index]))], leases, _time.GetUtcNow());
    }

    private async ValueTask<SandboxSpec> ResolveAsync(WorkloadSpec spec, List<ArtifactLease> leases, CancellationToken cancellationToken)
    {
        List<SandboxMount> mounts = [];
        foreach (var mount in spec.Artifacts)
        {
            List<string> sources = [];
            foreach (var artifact in mount.Artifacts)
            {
                var lease = await _cache.LeaseAsync(artifact, cancellationToken);
                leases.Add(lease);
                sources.Add(Path.Combine(lease.Folder, "content"));
            }
            mounts.Add(new() { Target = mount.Target, Sources = sources });
        }
        mounts.AddRange(spec.Trees.Select(tree => new SandboxMount { Target = tree.Target, Sources = [_options.Trees[tree.Tree]] }));
        return new()
        {
            Id = spec.Id,
            Command = [.. spec.Command],
            WorkingDirectory = spec.WorkingDirectory,
            Environment = [.. spec.Environment.Select(pair => $"{pair.Key}={pair.Value}")],
            Mounts = mounts,
            MemoryBytes = spec.MemoryBytes,
            CpuMillis = spec.StartUnthrottled ? null : spec.CpuMillis,
            MaxPids = spec.MaxPids,
            TmpBytes = spec.TmpBytes,
            User = spec.User,
            HostName = spec.HostName,
            MaxOpenFiles = spec.MaxOpenFiles,
            Endpoints = [.. spec.Endpoints.Select(endpoint => new SandboxEndpoint
            {
                Address = endpoint.Address.ToString(),
                Port = endpoint.Port,
                AddressVariable = endpoint.AddressVariable,
                UrlVariable = endpoint.UrlVariable,
            })],
        };
    }

    private async ValueTask<WardenClient> WardenAsync(CancellationToken cancellationToken)
    {
        if (_warden is { IsAlive: true } running)
        {
            return running;
        }
        await _starting.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_warden is { IsAlive: true } started)
            {
                return started;
            }
            Directory.CreateDirectory(_options.RunDirectory);
            var warden = WardenClient.Start(_options.WardenCommand ?? [Environment.ProcessPath!]);
            try
            {
                await warden.AskAsync(new()
                {
                    Type = WardenMessageType.Setup,
                    Setup = new()
                    {
                        RunDirectory = Path.Combine(Path.GetFullPath(_options.RunDirectory), "warden"),
                        CgroupName = CgroupName(_options.RunDirectory),
                        Isolate = Isolation == IsolationLevel.Full,
                    },
                }, cancellationToken);
            }
            catch
            {
                warden.Dispose();
                throw;
            }
            _replacing = ReplaceAsync(warden, _time.GetTimestamp());
            return _warden = warden;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>What a killed warden left is swept by the next one, which is therefore started at once and not with the next workload.</summary>
    private async Task ReplaceAsync(WardenClient lost, long startedAt)
    {
        await lost.Ended;
        if (_disposed || _time.GetElapsedTime(startedAt) < MinWardenLife)
        {
            return; // one that dies as soon as it is up would be started for ever
        }
        try
        {
            await WardenAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is EngineException or ObjectDisposedException or IOException)
        {
            // The next workload's start meets the same trouble and reports it.
        }
    }

    private static EngineException NoImages() => new(EngineErrorKind.Unsupported, "The process engine runs no images.");

    private static EngineException NoGroups() => new(EngineErrorKind.Unsupported, "The process engine has no groups of workloads.");

    // The same folder gets the same name, so that a new warden finds and sweeps what a killed one left.
    private static string CgroupName(string directory) =>
        "fogbank-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(directory))).AsSpan(0, 8));

    /// <summary>Ends the warden and with it every workload, and returns when all are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _starting.WaitAsync();
        try
        {
            _disposed = true;
            if (_warden is { } warden)
            {
                warden.Dispose();
                await warden.Ended.WaitAsync(TimeSpan.FromSeconds(10));
            }
            if (_pump.IsValueCreated)
            {
                _pump.Value.Dispose();
            }
            _cache.Dispose();
        }
        finally
        {
            _starting.Release();
        }
        await _replacing;
    }
}
