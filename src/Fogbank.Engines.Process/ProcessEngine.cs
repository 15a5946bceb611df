using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Engines.Linux;
using Fogbank.Engines.Linux.Output;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Process.Artifacts;
using Fogbank.Engines.Process.Protocol;
using Fogbank.Engines.Process.Warden;

namespace Fogbank.Engines.Process;

/// <summary>Runs workloads as processes of this machine, each in a sandbox of its own, through a warden beside the region.</summary>
public sealed class ProcessEngine : IEngine, IWardenParty
{
    internal const byte DriverCode = 1;

    private readonly ProcessEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ArtifactCache _cache;
    private readonly Lazy<OutputPump> _pump = new(static () => new());
    private readonly ConcurrentDictionary<(WardenClient Warden, long Number), ProcessWorkload> _workloads = new();
    private readonly RegionWarden _warden;
    private readonly bool _ownsWarden;
    private long _number;

    /// <summary>Looks at what the machine can do; nothing is started yet. Only one engine at a time may use the options' run directory.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warden">The region's warden; null for one of its own.</param>
    public ProcessEngine(ProcessEngineOptions options, TimeProvider time, RegionWarden? warden = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ownsWarden = warden is null;
        _warden = warden ?? new(new() { RunDirectory = options.RunDirectory, Command = options.WardenCommand }, time);
        _warden.Add(this);
        _options = options;
        _time = time;
        _cache = new(options.CacheDirectory, options.MaxCacheBytes, options.MaxPackedBytes);
        (Isolation, IsolationReason) = IsolationJudge.Judge(options.DisableIsolation);
        var isolated = Isolation == IsolationLevel.Full;
        Capabilities = new()
        {
            ArtifactKinds = new HashSet<ArtifactKind> { ArtifactKind.Zip },
            OwnRoot = isolated,
            OwnNetwork = isolated,
            Networks = isolated,
            MemoryLimit = isolated,
            CpuLimit = isolated,
            PidsLimit = isolated,
            TmpLimit = isolated,
            Freeze = isolated,
        };
    }

    /// <summary>What an engine on this machine will be able to do, and why not more. Starts nothing.</summary>
    public static (IsolationLevel Level, string Reason) Judge(bool disableIsolation) => IsolationJudge.Judge(disableIsolation);

    /// <inheritdoc/>
    public string Name => "process";

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public IsolationLevel Isolation { get; }

    /// <inheritdoc/>
    public string IsolationReason { get; }

    /// <summary>The warden now, for tests that kill it.</summary>
    internal int WardenPid => _warden.Pid;

    /// <summary>Starts the warden ahead of the first workload. Harmless to repeat; it is started again by itself when it was lost.</summary>
    public async ValueTask WarmAsync(CancellationToken cancellationToken) => await _warden.GetAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        using var lease = await _cache.LeaseAsync(artifact, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask PrepareAsync(ImageRoot image, CancellationToken cancellationToken) => throw NoImages();

    /// <inheritdoc/>
    public IReadOnlyList<EngineRequirement> Requirements => Examine();

    /// <summary>What this engine needs of the machine. Starts nothing.</summary>
    public static IReadOnlyList<EngineRequirement> Examine()
    {
        var (level, reason) = IsolationJudge.Judge(disabled: false);
        var mkfs = ((string[])["/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4", "/usr/bin/mkfs.ext4"]).FirstOrDefault(File.Exists);
        var loops = File.Exists("/dev/loop-control");
        return
        [
            new() { Name = "isolation", Present = level == IsolationLevel.Full, Detail = level == IsolationLevel.Full ? reason : $"functions are plain processes: {reason}", Essential = false },
            new() { Name = "mkfs.ext4", Present = mkfs is not null, Detail = mkfs ?? "the /tmp of functions is in memory and charged to it", Essential = false, Package = "e2fsprogs" },
            new() { Name = "loop devices", Present = loops, Detail = loops ? "/dev/loop-control" : "the /tmp of functions is in memory and charged to it", Essential = false },
        ];
    }

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
            var warden = await _warden.GetAsync(cancellationToken);
            var number = Interlocked.Increment(ref _number);
            return await warden.AskAsync(
                DriverCode,
                new ProcessMessage { Type = ProcessMessageType.Start, Workload = number, Start = sandbox }.Serialize(),
                (_, descriptors) => _workloads[(warden, number)] = Make(warden, spec, number, descriptors, leases),
                made => Undo(warden, number, made),
                cancellationToken);
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
        return new(this, warden, spec, number, output,
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
            Network = spec.Network is null ? null : MemberRecord.From(spec.Network, null),
            Endpoints = [.. spec.Endpoints.Select(SandboxEndpoint.From)],
        };
    }

    /// <summary>The caller of a start has left; what it started must not stay.</summary>
    private static void Undo(WardenClient warden, long number, ProcessWorkload? made)
    {
        warden.Tell(DriverCode, new ProcessMessage { Type = ProcessMessageType.Signal, Workload = number, Value = Linux.Native.Const.SigKill }.Serialize());
        made?.Leave();
    }

    internal void Forget(WardenClient warden, long number) => _workloads.TryRemove((warden, number), out _);

    byte IWardenParty.Code => DriverCode;

    byte[] IWardenParty.Setup() => new ProcessSetup
    {
        RunDirectory = Path.Combine(Path.GetFullPath(_options.RunDirectory), "warden"),
        CgroupName = CgroupName(_options.RunDirectory),
        Isolate = Isolation == IsolationLevel.Full,
    }.Serialize();

    void IWardenParty.OnEvent(WardenClient warden, ReadOnlyMemory<byte> payload)
    {
        var message = ProcessMessage.Deserialize(payload.Span);
        if (_workloads.TryRemove((warden, message.Workload), out var workload))
        {
            workload.OnExited(message);
        }
    }

    void IWardenParty.OnLost(WardenClient warden)
    {
        foreach (var (key, workload) in _workloads)
        {
            if (key.Warden == warden && _workloads.TryRemove(key, out _))
            {
                workload.OnLost();
            }
        }
    }

    private static EngineException NoImages() => new(EngineErrorKind.Unsupported, "The process engine runs no images.");

    private static EngineException NoGroups() => new(EngineErrorKind.Unsupported, "The process engine has no groups of workloads.");

    // The same folder gets the same name, so that a new warden finds and sweeps what a killed one left.
    private static string CgroupName(string directory) =>
        "fogbank-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(directory))).AsSpan(0, 8));

    /// <summary>The part of this engine that lives in the warden.</summary>
    public static WardenDriver NewWardenDriver() => new ProcessWarden();

    /// <summary>Ends every workload, by way of the warden where it is this engine's own, and returns when all are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ownsWarden)
        {
            await _warden.DisposeAsync();
        }
        else
        {
            await Task.WhenAll(_workloads.Values.Select(workload => workload.DisposeAsync().AsTask()));
        }
        if (_pump.IsValueCreated)
        {
            _pump.Value.Dispose();
        }
        _cache.Dispose();
    }
}
