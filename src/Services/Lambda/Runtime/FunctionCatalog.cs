using System.Collections.Concurrent;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// Functions as invocations need them, in memory: the hot path reads no database. Every committed change passes through here, so a
/// snapshot is never older than the last commit.
/// </summary>
internal sealed class FunctionCatalog
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<FunctionKey, Entry> _entries = new();
    private readonly ConcurrentDictionary<Scope, ReservedConcurrencies> _accounts = new();
    private readonly LambdaStore _store;
    private readonly EnvironmentSeal _seal;
    private readonly IRuntimeCatalog _runtimes;
    private readonly FunctionImages _images;
    private readonly EngineSet _engines;
    private readonly EnvironmentPools _pools;
    private readonly LambdaOptions _options;

    // Grows with every change: what was read before one is not kept after it.
    private long _generation;

    public FunctionCatalog(
        LambdaStore store, EnvironmentSeal seal, IRuntimeCatalog runtimes, FunctionImages images, EngineSet engines, EnvironmentPools pools,
        LambdaOptions options)
    {
        _store = store;
        _seal = seal;
        _runtimes = runtimes;
        _images = images;
        _engines = engines;
        _pools = pools;
        _options = options;
        store.Changed += OnChanged;
    }

    private sealed class Entry
    {
        // By qualifier; "" for none.
        internal ConcurrentDictionary<string, FunctionTarget> Targets { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>What a reference means; throws AWS's error where there is none.</summary>
    internal ValueTask<FunctionTarget> GetAsync(in FunctionReference reference, CancellationToken cancellationToken) =>
        _entries.TryGetValue(reference.Key, out var entry) && entry.Targets.TryGetValue(reference.Qualifier ?? "", out var target)
            ? new(target)
            : LoadAsync(reference, cancellationToken);

    /// <summary>What the functions of an account have reserved.</summary>
    internal async ValueTask<ReservedConcurrencies> GetReservedAsync(Scope scope, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_accounts.TryGetValue(scope, out var known))
            {
                return known;
            }

            var generation = Interlocked.Read(ref _generation);
            var reserved = new List<KeyValuePair<string, int>>();
            await foreach (var (_, function, _) in _store.Control.ScanAllAsync(
                LambdaSchema.Functions, StoreKey.Of(scope.AccountId, scope.Region), cancellationToken))
            {
                if (function.ReservedConcurrency is { } places)
                {
                    reserved.Add(new(function.Name, places));
                }
            }

            lock (_lock)
            {
                if (generation == _generation)
                {
                    return _accounts.GetOrAdd(scope, new ReservedConcurrencies(reserved));
                }
            }
        }
    }

    /// <summary>Forgets everything, after a reset of the store.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _generation++;
            _entries.Clear();
            _accounts.Clear();
        }
    }

    /// <summary>A deployment package as the engine takes it.</summary>
    internal Artifact ArtifactOf(CodeRecord code) => new()
    {
        Digest = code.Digest,
        Kind = ArtifactKind.Zip,
        MaxUnpackedBytes = CodeLimits.UnzippedBytes,
        OpenAsync = async cancellationToken =>
            await _store.Control.Blobs.OpenReadAsync(new BlobId(code.BlobId!.Value), 0, null, cancellationToken)
            ?? throw new EngineException(EngineErrorKind.ArtifactInvalid, "The deployment package is no longer stored."),
    };

    /// <summary>How this machine runs a function; null where it cannot.</summary>
    internal ManagedRuntime? FindRuntime(string runtime) => LambdaRuntimes.FamilyOf(runtime) switch
    {
        RuntimeFamily.Python => _runtimes.Find("python", runtime),
        RuntimeFamily.Node => _runtimes.Find("nodejs", runtime),
        RuntimeFamily.DotNet => _runtimes.Find("dotnet", runtime),
        RuntimeFamily.Provided => new ManagedRuntime { Version = "custom runtime", Command = ["/var/task/bootstrap"] },
        _ => null,
    };

    private async ValueTask<FunctionTarget> LoadAsync(FunctionReference reference, CancellationToken cancellationToken)
    {
        var account = await GetReservedAsync(reference.Key.Scope, cancellationToken);
        var generation = Interlocked.Read(ref _generation);
        var (function, version) = await _store.GetVersionAsync(reference, cancellationToken);
        if (reference.VersionOrLatest is FunctionReference.Latest && function.Serving is { } serving)
        {
            version = serving;
        }

        var target = MakeTarget(reference, function, version, account);
        lock (_lock)
        {
            if (generation == _generation)
            {
                _entries.GetOrAdd(reference.Key, static _ => new Entry()).Targets[reference.Qualifier ?? ""] = target;
                return target;
            }
        }

        // Something has changed since it was read. If it was this function, its pool was made too late to be closed by that change; a change
        // that comes after this finds it.
        if (target.Pool is { } pool)
        {
            var now = await _store.FindAsync(reference.Key, cancellationToken);
            if (now is null || !await IsServedAsync(reference.Key, now, target.Version, cancellationToken))
            {
                _pools.CloseStale(pool, isFunctionGone: now is null);
            }
        }

        return target;
    }

    private async ValueTask<bool> IsServedAsync(FunctionKey key, FunctionRecord function, VersionRecord version, CancellationToken cancellationToken)
    {
        var configuration = version.ConfigurationId;
        return version.Version == FunctionReference.Latest
            ? configuration == function.Latest.ConfigurationId || configuration == function.Serving?.ConfigurationId
            : (await _store.FindVersionAsync(key, version.Version, cancellationToken))?.ConfigurationId == configuration;
    }

    private FunctionTarget MakeTarget(in FunctionReference reference, FunctionRecord function, VersionRecord version, ReservedConcurrencies account)
    {
        var key = reference.Key;
        EnvironmentPool? pool = null;
        var isImage = version.Code.Image is not null;
        var package = isImage || FindRuntime(version.Runtime) is not { } runtime ? null : new PackageProgram(runtime, ArtifactOf(version.Code));
        if (version.State == FunctionStates.Active && (isImage || package is not null))
        {
            pool = _pools.GetPool(new EnvironmentPlan
            {
                Function = key,
                FunctionArn = key.Arn,
                Version = version,
                Variables = _seal.Open(key, version.SealedEnvironment) ?? new Dictionary<string, string>(),
                Engine = isImage ? _engines.Images : _engines.Processes,
                Package = package,
                Image = isImage ? new FunctionImage(key, version, _images) : null,
                CpuMillis = CpuShare.Millis(version.MemoryMegabytes, _options.Cpus ?? Environment.ProcessorCount),
                Dimensions = [new("FunctionName", key.Name)],
            });
        }

        return new FunctionTarget
        {
            Key = key,
            Version = version,
            InvokedArn = reference.Arn,
            ReservedConcurrency = function.ReservedConcurrency,
            Policy = function.Policies.GetValueOrDefault(reference.Qualifier ?? ""),
            Account = account,
            Timeout = TimeSpan.FromSeconds(version.TimeoutSeconds),
            Pool = pool,
        };
    }

    // On the writer's thread, in the order of commits.
    private void OnChanged(FunctionKey key, FunctionRecord? record)
    {
        lock (_lock)
        {
            _generation++;
            _entries.TryRemove(key, out _);
            if (_accounts.TryGetValue(key.Scope, out var account))
            {
                account.Set(key.Name, record?.ReservedConcurrency);
            }
        }

        _pools.Sync(key, record);
    }
}
