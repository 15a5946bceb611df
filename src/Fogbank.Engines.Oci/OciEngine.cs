using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fogbank.Engines.Linux.Output;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Images;
using Fogbank.Engines.Oci.Output;
using Fogbank.Engines.Oci.Protocol;
using Fogbank.Engines.Oci.Warden;

namespace Fogbank.Engines.Oci;

/// <summary>Runs images as containers of this machine: overlay file systems, an OCI runtime, and a monitor that outlives region and warden.</summary>
public sealed class OciEngine : IEngine, IWardenParty
{
    internal const byte DriverCode = 2;

    private readonly OciEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly OciTools _tools;
    private readonly RegionWarden _warden;
    private readonly bool _ownsWarden;
    private readonly ConcurrentDictionary<string, OciGroup> _groups = new(StringComparer.Ordinal);
    private readonly Lazy<LogWatcher> _logs = new(static () => new());
    private readonly Lazy<OutputPump> _pump = new(static () => new());

    /// <summary>Looks at what the machine has; nothing is started yet.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warden">The region's warden, shared with other engines.</param>
    /// <param name="ownsWarden">Disposing the engine disposes the warden.</param>
    public OciEngine(OciEngineOptions options, TimeProvider time, RegionWarden warden, bool ownsWarden = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(warden);
        _options = options;
        _time = time;
        _warden = warden;
        _ownsWarden = ownsWarden;
        _tools = OciTools.Detect(options.Runtime, options.Monitor);
        if (!_tools.AreComplete)
        {
            throw new EngineException(EngineErrorKind.Unsupported, Missing(_tools.Requirements));
        }
        Layers = new(new() { Directory = Path.Combine(options.CacheDirectory, "layers"), MaxBytes = options.MaxCacheBytes }, time);
        _warden.Add(this);
    }

    /// <summary>What this engine needs of the machine. Starts nothing.</summary>
    public static IReadOnlyList<EngineRequirement> Examine(string? runtime = null, string? monitor = null) => OciTools.Detect(runtime, monitor).Requirements;

    /// <summary>The engine, or where this machine cannot have it one whose every start says so.</summary>
    public static IEngine OrMissing(OciEngineOptions options, TimeProvider time, RegionWarden warden)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tools = OciTools.Detect(options.Runtime, options.Monitor);
        return tools.AreComplete ? new OciEngine(options, time, warden) : new MissingEngine("oci", Missing(tools.Requirements), tools.Requirements);
    }

    private static string Missing(IReadOnlyList<EngineRequirement> requirements) => "This machine cannot run images: " + string.Join("; ", requirements
        .Where(requirement => requirement.Essential && !requirement.Present)
        .Select(requirement => requirement.Package is { } package ? $"{requirement.Name} is missing (package {package})" : $"{requirement.Name}: {requirement.Detail}")) + ".";

    /// <summary>The part of this engine that lives in the warden.</summary>
    public static WardenDriver NewWardenDriver() => new OciWarden();

    /// <inheritdoc/>
    public string Name => "oci";

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public IsolationLevel Isolation => IsolationLevel.Full;

    /// <inheritdoc/>
    public string IsolationReason => $"{Path.GetFileName(_tools.Runtime)} with namespaces, control groups and a system-call filter";

    /// <inheritdoc/>
    public IReadOnlyList<EngineRequirement> Requirements => _tools.Requirements;

    internal LayerCache Layers { get; }

    internal LogWatcher Logs => _logs.Value;

    internal TimeProvider Time => _time;

    /// <inheritdoc/>
    public ValueTask PrepareAsync(Artifact artifact, CancellationToken cancellationToken) =>
        throw new EngineException(EngineErrorKind.Unsupported, "The oci engine runs images, not artifacts.");

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(ImageRoot image, CancellationToken cancellationToken)
    {
        using var lease = await Layers.LeaseAsync(image, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IWorkloadGroup> CreateGroupAsync(GroupSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        OciRules.Check(spec);
        return await CreateGroupAsync(spec, isImplicit: false, cancellationToken);
    }

    internal async ValueTask<OciGroup> CreateGroupAsync(GroupSpec spec, bool isImplicit, CancellationToken cancellationToken)
    {
        if (_groups.TryGetValue(spec.Id, out var existing))
        {
            return spec.Lifetime == Lifetime.Durable
                ? existing
                : throw new EngineException(EngineErrorKind.InvalidSpec, $"There is a group {spec.Id} already.");
        }
        var warden = await _warden.GetAsync(cancellationToken);
        var record = OciGroup.RecordOf(spec, isImplicit);
        return await AskAsync(
            warden,
            new() { Type = OciMessageType.CreateGroup, GroupRecord = record },
            (message, descriptors) => _groups[spec.Id] = new OciGroup(this, warden, message.GroupRecord!, spec.Endpoints, descriptors),
            made =>
            {
                warden.Tell(DriverCode, new OciMessage { Type = OciMessageType.RemoveGroup, Group = spec.Id }.Serialize());
                _groups.TryRemove(spec.Id, out _);
                made?.LetGo();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IWorkloadGroup?> FindGroupAsync(string id, CancellationToken cancellationToken)
    {
        if (_groups.TryGetValue(id, out var existing))
        {
            return existing.IsDurable ? existing : null;
        }
        var warden = await _warden.GetAsync(cancellationToken);
        var found = await AskAsync<Box<OciGroup>>(
            warden,
            new() { Type = OciMessageType.FindGroup, Group = id },
            (message, descriptors) => new(message.GroupRecord is { } record
                ? _groups[id] = new OciGroup(this, warden, record, OciGroup.EndpointsOf(record), descriptors)
                : null),
            made => made?.Value?.LetGo(),
            cancellationToken);
        return found.Value;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListGroupsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Most regions start without any: no warden is needed to know that, and none is started.
        var folder = Path.Combine(_options.RunDirectory, "g");
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            yield break;
        }

        var warden = await _warden.GetAsync(cancellationToken);
        var answer = await AskAsync(warden, new() { Type = OciMessageType.ListGroups }, cancellationToken);
        foreach (var id in answer.Ids ?? [])
        {
            yield return id;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        OciRules.Check(spec, null);
        var group = await CreateGroupAsync(
            new GroupSpec
            {
                Id = "-" + spec.Id, // apart from the names that callers can give
                Lifetime = Lifetime.Ephemeral,
                StorageBytes = spec.StorageBytes,
                HostName = spec.HostName,
                Network = spec.Network,
                Endpoints = spec.Endpoints,
            },
            isImplicit: true,
            cancellationToken);
        try
        {
            return await group.StartAsync(spec, spec.HostName, cancellationToken);
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    internal static ValueTask<T> AskAsync<T>(
        WardenClient warden, OciMessage message, Func<OciMessage, int[], T> take, Action<T?>? undo, CancellationToken cancellationToken)
        where T : class => warden.AskAsync(
            DriverCode, message.Serialize(), (payload, descriptors) => take(OciMessage.Deserialize(payload.Span), descriptors), undo, cancellationToken);

    internal static ValueTask<OciMessage> AskAsync(WardenClient warden, OciMessage message, CancellationToken cancellationToken) =>
        AskAsync(warden, message, static (answer, _) => answer, null, cancellationToken);

    internal ValueTask<WardenClient> WardenAsync(CancellationToken cancellationToken) => _warden.GetAsync(cancellationToken);

    /// <summary>What an ephemeral workload writes, by the pipes that came with its start; null where it writes into a log.</summary>
    internal OutputBuffer? OutputOf(int[] pipes)
    {
        const int Capacity = 1024 * 1024;
        if (pipes is not [var standardOutput, var standardError])
        {
            return null;
        }
        OutputBuffer output = new(Capacity, TimeSpan.FromSeconds(5), _time);
        _pump.Value.Add(standardOutput, standardError, output);
        return output;
    }

    internal void Forget(OciGroup group) => _groups.TryRemove(KeyValuePair.Create(group.Id, group));

    internal string FolderOf(string group, string container) => Path.Combine(Path.GetFullPath(_options.RunDirectory), "g", group, "c", container);

    byte IWardenParty.Code => DriverCode;

    byte[] IWardenParty.Setup() => JsonSerializer.SerializeToUtf8Bytes(
        new OciSetup
        {
            RunDirectory = Path.GetFullPath(_options.RunDirectory),
            CgroupName = "fogbank-oci-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(_options.RunDirectory))).AsSpan(0, 8)),
            Runtime = _tools.Runtime!,
            Monitor = _tools.Monitor!,
        },
        OciJson.Default.OciSetup);

    void IWardenParty.OnEvent(WardenClient warden, ReadOnlyMemory<byte> payload)
    {
        var message = OciMessage.Deserialize(payload.Span);
        if (message.Type == OciMessageType.Exited && _groups.TryGetValue(message.Group, out var group))
        {
            group.OnExited(message.Container, message.End!);
        }
    }

    void IWardenParty.OnLost(WardenClient warden)
    {
        foreach (var group in _groups.Values)
        {
            group.OnLost(warden);
        }
    }

    /// <summary>Ends what is ephemeral; what is durable goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_groups.Values.Select(group => group.DisposeAsync().AsTask()));
        if (_ownsWarden)
        {
            await _warden.DisposeAsync();
        }
        if (_logs.IsValueCreated)
        {
            _logs.Value.Dispose();
        }
        if (_pump.IsValueCreated)
        {
            _pump.Value.Dispose();
        }
        await Layers.DisposeAsync();
    }

    private sealed record Box<T>(T? Value);
}
