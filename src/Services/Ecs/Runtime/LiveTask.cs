using System.Collections.Concurrent;
using System.Net;
using Fogbank.Contracts.Ecs;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Http;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>
/// The work on one task while the region runs: its frame on the machine, its containers, their logs and health checks. It decides nothing: what
/// happens is written into the task's record, and the reconciler says what to do next. All of it can be made again from the record.
/// </summary>
internal sealed partial class LiveTask : IAsyncDisposable
{
    private const int MetadataListener = 0;
    private const int RegionListener = 1;
    private const int DatagramListener = 2;
    private const int NameListener = 3;
    private const int NamePort = 53;
    private const long Gigabyte = 1024L * 1024 * 1024;
    private const int MaxPids = 8192;

    private static readonly IPAddress NameAddress = IPAddress.Parse("169.254.169.253");
    private static readonly TimeSpan PrincipalLife = TimeSpan.FromHours(12);

    private readonly TaskKey _key;
    private readonly LiveTaskParts _parts;
    private readonly JobSet _jobs;
    private readonly SemaphoreSlim _opening = new(1);
    private readonly ConcurrentDictionary<string, LiveContainer> _containers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImageContent> _images = new(StringComparer.Ordinal);
    private readonly List<IAsyncDisposable> _served = [];
    private readonly TaskEndpoint _endpoint;
    private IWorkloadGroup? _group;
    private Principal? _executionRole;

    internal LiveTask(TaskKey key, LiveTaskParts parts)
    {
        _key = key;
        _parts = parts;
        _jobs = new JobSet(parts.Time, FailedAsync);
        _endpoint = new TaskEndpoint(key, parts.Store, parts.Credentials, parts.Time, this);
    }

    internal IWorkloadGroup? Group => _group;

    internal IWorkload? Workload(string container) => _containers.GetValueOrDefault(container)?.Workload;

    internal ImageContent? Image(string container) => _images.GetValueOrDefault(container);

    /// <summary>Begins a job where it is not under way or done.</summary>
    internal void Begin(TaskJob job, TaskRecord task, TaskDefinition definition)
    {
        switch (job.Kind)
        {
            case TaskJobKind.Prepare:
                _jobs.Begin("prepare", token => PrepareAsync(task, definition, token));
                break;
            // Both end in watching, so only one of them at a time.
            case TaskJobKind.Start:
                _jobs.Begin($"run {job.Container}", token => StartAsync(task, definition, Of(definition, job.Container), token));
                break;
            case TaskJobKind.Watch when Workload(job.Container) is null:
                _jobs.Begin($"run {job.Container}", token => AdoptAsync(task, Of(definition, job.Container), token));
                break;
            case TaskJobKind.Stop:
                _jobs.Begin($"stop {job.Container}", token => StopAsync(task, Of(definition, job.Container), token));
                break;
            case TaskJobKind.CleanUp:
                _jobs.Begin("clean up", token => CleanUpAsync(task, token));
                break;
            default:
                break;
        }
    }

    /// <summary>Lets go of everything; what runs goes on, and is found again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        await CloseAsync();
        _endpoint.Dispose();
        _opening.Dispose();
    }

    private static ContainerDefinition Of(TaskDefinition definition, string container) =>
        definition.ContainerDefinitions!.First(other => other.Name == container);

    private async Task PrepareAsync(TaskRecord task, TaskDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var container in definition.ContainerDefinitions!)
            {
                if (await LogTargetAsync(task, container, cancellationToken) is { } target)
                {
                    await target.EnsureAsync(cancellationToken);
                }

                await FilesAsync(task, container, cancellationToken);
            }

            await Task.WhenAll(task.Containers.Select(async container =>
                await _parts.Images.PullAsync(container, await ImageAsync(task, container, cancellationToken), cancellationToken)));
        }
        catch (TaskFailure failure)
        {
            await ChangeAsync(current => TaskChanges.Stop(current, TaskStopCode.TaskFailedToStart, failure.Message, Now));
            return;
        }

        var digests = _images.ToDictionary(pair => pair.Key, pair => pair.Value.ManifestDigest, StringComparer.Ordinal);
        await ChangeAsync(current => TaskChanges.Pulled(current, digests, Now));
    }

    private async Task StartAsync(TaskRecord task, TaskDefinition definition, ContainerDefinition container, CancellationToken cancellationToken)
    {
        var name = container.Name!;
        var attempt = task.Container(name).Attempt;
        if ((await _parts.Store.GetTaskAsync(_key, cancellationToken)).Value is not { WantsToStop: false } now
            || now.Container(name) is not { Status: ContainerRecord.Pending } record || record.Attempt != attempt)
        {
            return; // Decided on what was true a moment ago.
        }

        IWorkload workload;
        try
        {
            // After a restart of the region the images are looked up once more: all of them, since volumes follow from them.
            foreach (var other in task.Containers)
            {
                await ImageAsync(task, other, cancellationToken);
            }

            var group = await OpenAsync(task, definition, cancellationToken);
            var image = _images[name];
            var configurations = _images.ToDictionary(pair => pair.Key, pair => pair.Value.Configuration, StringComparer.Ordinal);
            var environment = ContainerPlan.Environment(task, container, image.Configuration, await FilesAsync(task, container, cancellationToken));
            var spec = ContainerPlan.Spec(
                task, container, image, TaskImages.RootOf(image), environment, VolumePlan.Mounts(definition, container, configurations));
            if (spec.Command.Count == 0)
            {
                throw new TaskFailure("CannotCreateContainerError: Error response from daemon: No command specified");
            }

            workload = await group.StartAsync(spec, cancellationToken);
        }
        catch (TaskFailure failure)
        {
            await ChangeAsync(current => TaskChanges.CouldNotStart(current, name, attempt, failure.Message, Now));
            return;
        }
        catch (EngineException failed) when (failed.Kind != EngineErrorKind.Unavailable)
        {
            LogStartFailed(_parts.Logger, _key.Arn, name, failed.Kind, failed.Message);
            await ChangeAsync(current => TaskChanges.CouldNotStart(current, name, attempt, StartErrors.Of(failed), Now));
            return;
        }

        await ChangeAsync(current => TaskChanges.Started(current, name, attempt, workload.Id, workload.StartedAt));
        await AttachAsync(task, container, attempt, workload, cancellationToken);
    }

    /// <summary>Finds a container that an earlier run of the region started.</summary>
    private async Task AdoptAsync(TaskRecord task, ContainerDefinition container, CancellationToken cancellationToken)
    {
        var record = task.Container(container.Name!);
        if (await FindAsync(task, record, cancellationToken) is { } workload)
        {
            LogAdopted(_parts.Logger, _key.Arn, record.Name, workload.Id);
            await AttachAsync(task, container, record.Attempt, workload, cancellationToken);
        }
        else
        {
            await ChangeAsync(current => TaskChanges.Exited(current, record.Name, record.Attempt, new WorkloadExit { Lost = true }, Now));
        }
    }

    private async Task AttachAsync(TaskRecord task, ContainerDefinition container, int attempt, IWorkload workload, CancellationToken cancellationToken)
    {
        var name = container.Name!;
        if (Workload(name) is { } known && known.Id == workload.Id)
        {
            if (!ReferenceEquals(known, workload))
            {
                await workload.DisposeAsync();
            }

            return;
        }

        var target = await LogTargetAsync(task, container, cancellationToken);
        var live = new LiveContainer(_key, container, attempt, workload, target, _parts, ChangeAsync);
        if (_containers.TryRemove(name, out var earlier))
        {
            // A restart: what the one before wrote is delivered first, and then it is taken away.
            await earlier.DrainAsync(_parts.Options.LogDrain, cancellationToken);
            await earlier.Workload.RemoveAsync(cancellationToken);
            await earlier.DisposeAsync();
        }

        _containers[name] = live;
        await live.BeginAsync(task.Container(name).Health, cancellationToken);
    }

    private async Task StopAsync(TaskRecord task, ContainerDefinition container, CancellationToken cancellationToken)
    {
        var name = container.Name!;

        // Nothing may start any more, and a start that is under way must be over before its container can be told to end.
        await _jobs.CancelAsync(job => job == "prepare" || job == $"run {name}");
        var record = task.Container(name);
        var workload = Workload(name) ?? await FindAsync(task, record, cancellationToken);
        if (workload is null)
        {
            await ChangeAsync(current => record.IsRunning
                ? TaskChanges.Exited(current, name, record.Attempt, new WorkloadExit { Lost = true }, Now)
                : TaskChanges.Unstarted(current, name, record.Attempt));
            return;
        }

        if (Workload(name) is null)
        {
            await ChangeAsync(current => TaskChanges.Started(current, name, record.Attempt, workload.Id, workload.StartedAt));
            await AttachAsync(task, container, record.Attempt, workload, cancellationToken);
        }

        var exit = await workload.StopAsync(ContainerPlan.GraceOf(container), cancellationToken);
        await ChangeAsync(current => TaskChanges.Exited(current, name, record.Attempt, exit, Now));
    }

    private async Task CleanUpAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        await _jobs.CancelAsync(job => job != "clean up");
        await Task.WhenAll(_containers.Values.Select(container => container.DrainAsync(_parts.Options.LogDrain, cancellationToken)));
        if (task.PullStoppedAt is not null && (_group ?? await FindGroupAsync(cancellationToken)) is { } group)
        {
            await group.RemoveAsync(cancellationToken);
        }

        await CloseAsync();
        await _parts.Networks.DetachAsync(task, cancellationToken);
        var ended = await _parts.Store.ChangeTaskAsync(
            _key,
            (transaction, current) =>
            {
                foreach (var container in current.Containers)
                {
                    for (var attempt = 0; attempt <= container.Attempt; attempt++)
                    {
                        transaction.Delete(Store.EcsSchema.LogPositions, Store.EcsStore.LogPositionKey(_key, container.Name, attempt));
                    }
                }

                return TaskChanges.Ended(current, Now, _parts.Options.KeepStopped);
            },
            CancellationToken.None);
        if (ended.Value is { } stopped)
        {
            TaskUsage.Record(_parts.Usage, stopped);
        }

        foreach (var waiting in _parts.Ledger.Release(_key))
        {
            await _parts.Store.WakeAsync(waiting, Now, CancellationToken.None);
        }
    }

    /// <summary>The frame of the task on this machine; made where it is missing.</summary>
    private async ValueTask<IWorkloadGroup> OpenAsync(TaskRecord task, TaskDefinition definition, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_group is { } open)
            {
                return open;
            }

            var configurations = _images.ToDictionary(pair => pair.Key, pair => pair.Value.Configuration, StringComparer.Ordinal);
            return Serve(await _parts.Engines.Images.CreateGroupAsync(SpecOf(task, definition, configurations), cancellationToken), task);
        }
        finally
        {
            _opening.Release();
        }
    }

    private GroupSpec SpecOf(TaskRecord task, TaskDefinition definition, Dictionary<string, ImageConfiguration> images) => new()
    {
        Id = task.Id,
        Lifetime = Lifetime.Durable,
        MemoryBytes = task.MemoryMegabytes * 1024L * 1024,
        CpuMillis = (int)(task.CpuUnits * 1000L / 1024),
        MaxPids = MaxPids,
        StorageBytes = task.StorageGigabytes * Gigabyte,
        Volumes = VolumePlan.Names(definition, images),
        HostName = ContainerPlan.HostName(task),
        Network = _parts.Engines.Images.Capabilities.Networks ? NetworkOf(task.Network.Interface!) : null,
        SharePids = definition.PidMode == PidMode.Task,
        Sysctls = definition.ContainerDefinitions!.SelectMany(container => container.SystemControls ?? [])
            .Where(control => !string.IsNullOrEmpty(control.Namespace))
            .GroupBy(control => control.Namespace!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Value ?? "", StringComparer.Ordinal),
        Endpoints =
        [
            new() { Name = "metadata", Address = IPAddress.Parse("169.254.170.2"), Port = 80 },
            new() { Name = "region", Address = IPAddress.Loopback, Port = 4566 },
            new() { Name = "names-udp", Address = NameAddress, Port = NamePort, Protocol = EndpointProtocol.Udp },
            new() { Name = "names-tcp", Address = NameAddress, Port = NamePort },
        ],
        NameServers = [NameAddress.ToString()],
        SearchDomains = [NetworkNames.DomainOf(task.Region)],
    };

    private static NetworkSpec NetworkOf(TaskInterface given)
    {
        var subnet = IPNetwork.Parse(given.SubnetRange);
        return new()
        {
            Network = given.Network,
            Range = IPNetwork.Parse(given.VpcRange),
            Address = IPAddress.Parse(given.PrivateIp),
            Gateway = IPAddress.Parse(given.Gateway),
            PrefixLength = subnet.PrefixLength,
            MacAddress = given.MacAddress,
        };
    }

    private IWorkloadGroup Serve(IWorkloadGroup group, TaskRecord task)
    {
        _served.Add(_parts.Endpoints.Serve(group.Listeners[MetadataListener].AcceptAsync, _endpoint.HandleAsync));
        _served.Add(_parts.Endpoints.ServeRegion(group.Listeners[RegionListener].AcceptAsync, new WorkloadIdentity(task.Id, task.Scope, task.Arn)));
        var range = IPNetwork.Parse(task.Network.Interface!.VpcRange);
        _served.Add(_parts.NameServer.Serve(
            group.Listeners[DatagramListener].AcceptAsync, group.Listeners[NameListener].AcceptAsync, new NetworkNames(range, NetworkNames.DomainOf(task.Region))));
        return _group = group;
    }

    private async ValueTask<IWorkloadGroup?> FindGroupAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _group ?? (await _parts.Engines.Images.FindGroupAsync(_key.Id, cancellationToken) is { } found
                && (await _parts.Store.GetTaskAsync(_key, cancellationToken)).Value is { } task
                ? Serve(found, task)
                : null);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async ValueTask<IWorkload?> FindAsync(TaskRecord task, ContainerRecord record, CancellationToken cancellationToken) =>
        task.PullStoppedAt is not null && await FindGroupAsync(cancellationToken) is { } group
            ? await group.FindAsync(ContainerPlan.RuntimeId(task.Id, record.Name, record.Attempt), cancellationToken)
            : null;

    private async ValueTask<ImageContent> ImageAsync(TaskRecord task, ContainerRecord container, CancellationToken cancellationToken)
    {
        if (_images.TryGetValue(container.Name, out var known))
        {
            return known;
        }

        var found = await _parts.Images.ResolveAsync(task, container, await ExecutionRoleAsync(task, cancellationToken), cancellationToken);
        return _images[container.Name] = found;
    }

    private async ValueTask<LogTarget?> LogTargetAsync(TaskRecord task, ContainerDefinition container, CancellationToken cancellationToken)
    {
        if (container.LogConfiguration is not { LogDriver: LogDriver.Awslogs, Options: { } options })
        {
            return null;
        }

        var mode = await Operations.AccountSettings.FindAsync(_parts.Store, task.Scope, null, SettingName.DefaultLogDriverMode, cancellationToken);
        var parsed = AwslogsOptions.Parse(options, mode);
        var principal = await ExecutionRoleAsync(task, cancellationToken) ?? Principal.Service(EcsModule.TaskPrincipal, task.AccountId, task.Arn);
        return new LogTarget(_parts.Region, task.Scope with { Region = parsed.Region }, principal, parsed, parsed.StreamOf(container.Name!, task.Id));
    }

    private async ValueTask<Principal?> ExecutionRoleAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        if (_executionRole is null && task.ExecutionRoleArn is { } role)
        {
            var issued = await _parts.Credentials.IssueForServiceAsync(role, EcsModule.TaskPrincipal, task.Id, PrincipalLife, cancellationToken);
            _executionRole = issued?.Principal ?? throw new TaskFailure(
                $"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ECS was unable to assume the role '{role}' that was provided for this task.");
        }

        return _executionRole;
    }

    private async ValueTask<IReadOnlyList<(string Name, string Value)>> FilesAsync(
        TaskRecord task, ContainerDefinition container, CancellationToken cancellationToken)
    {
        var changed = task.Overrides.ContainerOverrides?.FirstOrDefault(other => other.Name == container.Name)?.EnvironmentFiles;
        var files = changed is { Count: > 0 } ? changed : container.EnvironmentFiles ?? [];
        return files.Count == 0 ? [] : await EnvironmentFileReader.ReadAsync(
            _parts.Region, files, await ExecutionRoleAsync(task, cancellationToken), task.Scope, cancellationToken);
    }

    private async ValueTask CloseAsync()
    {
        foreach (var container in _containers.Values)
        {
            await container.DisposeAsync();
        }

        _containers.Clear();
        foreach (var served in _served)
        {
            await served.DisposeAsync();
        }

        _served.Clear();
        if (_group is { } group)
        {
            _group = null;
            await group.DisposeAsync();
        }
    }

    private DateTimeOffset Now => _parts.Time.GetUtcNow();

    // What happened is written down also while the region stops: its token must not lose an exit.
    private async Task ChangeAsync(Func<TaskRecord, TaskRecord> change) => await _parts.Store.ChangeTaskAsync(_key, change, CancellationToken.None);

    private async Task FailedAsync(string job, Exception failure, DateTimeOffset until)
    {
        LogJobFailed(_parts.Logger, _key.Arn, job, failure);
        await _parts.Store.WakeAsync(_key, until, CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Warning, "The step {Job} of {ResourceArn} failed and is tried again")]
    private static partial void LogJobFailed(ILogger logger, string resourceArn, string job, Exception failure);

    [LoggerMessage(LogLevel.Information, "Container {Container} of {ResourceArn} could not be started: {Kind}: {Reason}")]
    private static partial void LogStartFailed(ILogger logger, string resourceArn, string container, EngineErrorKind kind, string reason);

    [LoggerMessage(LogLevel.Information, "Container {Container} of {ResourceArn} goes on as workload {WorkloadId}")]
    private static partial void LogAdopted(ILogger logger, string resourceArn, string container, string workloadId);
}
