using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Services.Ecs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Operations;

[Operation]
internal sealed class RunTask(
    EcsStore store, IRegion region, ICredentialIssuer credentials, IEventSink events, EcsOptions options, IIdSource ids, TimeProvider time)
    : IOperation<RunTaskRequest, RunTaskResponse>
{
    private const int MostTasks = 10;
    private const int MostSubnets = 16;
    private const int MostSecurityGroups = 5;
    private const int MostOverrideBytes = 8192;

    public async ValueTask<RunTaskResponse> HandleAsync(RunTaskRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var cluster = await store.GetClusterAsync(request.Cluster, context.Scope, cancellationToken);
        var count = request.Count ?? 1;
        if (count is < 1 or > MostTasks)
        {
            throw EcsErrors.Invalid(count < 1 ? "count must be at least 1." : $"count cannot be greater than {MostTasks}.");
        }

        var found = await store.FindDefinitionAsync(request.TaskDefinition, context.Scope, cancellationToken) ?? throw EcsErrors.DefinitionNotFound();
        if (found.Status != TaskDefinitionStatus.Active)
        {
            throw EcsErrors.DefinitionInactive();
        }

        var providers = Providers(request, cluster, count);
        Check(request, found.Definition);
        var overrides = request.Overrides ?? new TaskOverride();
        var shape = TaskShape.From(found.Definition, overrides);
        await CheckRolesAsync(shape, cancellationToken);
        var network = request.NetworkConfiguration!.AwsvpcConfiguration!;
        await TaskSubnets.CheckAsync(region, context.Scope, network.Subnets, network.SecurityGroups ?? [], cancellationToken);
        var now = time.GetUtcNow();
        var tags = Tags(request, cluster, found);
        var tasks = Enumerable.Range(0, count).Select(index => Make(request, found, cluster, shape, overrides, tags, providers?[index], now)).ToList();
        var started = await StartAsync(request, context.Scope, cluster.Name, tasks, now, cancellationToken);
        return new() { Tasks = [.. started.Select(task => TaskView.From(task, found.Definition, hasTags: true))], Failures = [] };
    }

    /// <summary>Writes the tasks, or finds those that the same token started before.</summary>
    private async ValueTask<IReadOnlyList<TaskRecord>> StartAsync(
        RunTaskRequest request, Scope scope, string cluster, List<TaskRecord> tasks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var digest = Digest(request);
        var (started, isNew) = await store.Database.WriteAsync(
            (IReadOnlyList<TaskRecord> Started, bool IsNew) (ITransaction transaction) =>
            {
                var token = StoreKey.Of(scope, cluster, request.ClientToken ?? tasks[0].Id);
                if (transaction.Get(EcsSchema.Tokens, token).Value is { } earlier)
                {
                    return earlier.Request == digest
                        ? ([.. earlier.TaskIds.Select(id => transaction.Get(EcsSchema.Tasks, EcsStore.KeyOf(new(scope, cluster, id))).Value).OfType<TaskRecord>()], false)
                        : throw EcsErrors.TokenReused();
                }

                foreach (var task in tasks)
                {
                    transaction.Put(EcsSchema.Tasks, EcsStore.KeyOf(task.Key), task);
                }

                if (request.ClientToken is not null)
                {
                    transaction.Put(EcsSchema.Tokens, token, new RunTokenRecord(digest, [.. tasks.Select(task => task.Id)], now + options.KeepTokens));
                }

                return (tasks, true);
            },
            cancellationToken);
        if (isNew)
        {
            foreach (var task in started)
            {
                TaskEvents.Publish(events, task);
            }
        }

        return started;
    }

    /// <summary>The capacity provider of each task; null where a launch type was asked for.</summary>
    private static IReadOnlyList<string>? Providers(RunTaskRequest request, ClusterRecord cluster, int count)
    {
        if (request.LaunchType is not null && request.CapacityProviderStrategy is { Count: > 0 })
        {
            throw EcsErrors.Invalid("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.");
        }

        if (request.CapacityProviderStrategy is { Count: > 0 } given)
        {
            ClusterParts.CheckStrategy(given, cluster.CapacityProviders);
            return ProviderStrategy.Assign(given, count);
        }

        return request.LaunchType switch
        {
            LaunchType.Fargate => null,
            null when cluster.DefaultStrategy.Count > 0 => ProviderStrategy.Assign(cluster.DefaultStrategy, count),
            _ => throw EcsErrors.NoContainerInstances(),
        };
    }

    private static void Check(RunTaskRequest request, TaskDefinition definition)
    {
        if (definition.Compatibilities?.Contains(Compatibility.Fargate) is not true)
        {
            throw EcsErrors.Invalid("Task definition does not support launch_type FARGATE.");
        }

        if (request.PlacementConstraints is { Count: > 0 } || request.PlacementStrategy is { Count: > 0 })
        {
            throw EcsErrors.Invalid("Placement constraints and strategies are not supported with FARGATE launch type.");
        }

        if (request.PlatformVersion is not (null or "" or "LATEST" or "1.4.0"))
        {
            throw new AwsException(EcsErrorCodes.PlatformUnknownException, "The specified platform version does not exist.");
        }

        if (request.EnableExecuteCommand is true)
        {
            throw EcsErrors.NotSupported("enableExecuteCommand");
        }

        if (request.VolumeConfigurations is { Count: > 0 })
        {
            throw EcsErrors.NotSupported("volumeConfigurations");
        }

        if (request.PropagateTags == PropagateTags.Service)
        {
            throw EcsErrors.Invalid("Propagating tags from a service is not supported when running a task.");
        }

        if (request.Group?.StartsWith("service:", StringComparison.Ordinal) is true)
        {
            throw EcsErrors.Invalid("The group of a task that belongs to no service cannot begin with service:.");
        }

        CheckNetwork(request.NetworkConfiguration?.AwsvpcConfiguration);
        if (UnsupportedSettings.Find(definition) is { } setting)
        {
            throw EcsErrors.NotRunnable(setting);
        }

        var isArm = RuntimeInformation.OSArchitecture == Architecture.Arm64;
        if ((definition.RuntimePlatform?.CpuArchitecture ?? CPUArchitecture.X8664) != (isArm ? CPUArchitecture.Arm64 : CPUArchitecture.X8664) && definition.RuntimePlatform?.CpuArchitecture is not null)
        {
            throw EcsErrors.NotRunnable($"the CPU architecture {definition.RuntimePlatform.CpuArchitecture} on this machine");
        }
    }

    private static void CheckNetwork(AwsVpcConfiguration? network)
    {
        if (network is null)
        {
            throw EcsErrors.Invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
        }

        if (network.Subnets.Count == 0)
        {
            throw EcsErrors.Invalid("subnets can not be empty.");
        }

        if (network.Subnets.Count > MostSubnets)
        {
            throw EcsErrors.Invalid($"subnets can have at most {MostSubnets} items.");
        }

        if (network.SecurityGroups is { Count: > MostSecurityGroups })
        {
            throw EcsErrors.Invalid($"securityGroups can have at most {MostSecurityGroups} items.");
        }
    }

    private async ValueTask CheckRolesAsync(TaskShape shape, CancellationToken cancellationToken)
    {
        foreach (var role in new[] { shape.ExecutionRoleArn, shape.TaskRoleArn }.OfType<string>().Distinct())
        {
            if (!await credentials.CanAssumeAsync(role, EcsModule.TaskPrincipal, cancellationToken))
            {
                throw EcsErrors.CannotAssume(role);
            }
        }
    }

    private static SortedDictionary<string, string> Tags(RunTaskRequest request, ClusterRecord cluster, TaskDefinitionRecord definition)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (request.PropagateTags == PropagateTags.TaskDefinition)
        {
            foreach (var (key, value) in definition.Tags)
            {
                tags[key] = value;
            }
        }

        tags = TagList.Add(tags, request.Tags);
        if (request.EnableECSManagedTags is true)
        {
            tags = new(tags, StringComparer.Ordinal) { ["aws:ecs:clusterName"] = cluster.Name };
        }

        return tags;
    }

    private TaskRecord Make(
        RunTaskRequest request, TaskDefinitionRecord found, ClusterRecord cluster, TaskShape shape, TaskOverride overrides, SortedDictionary<string, string> tags, string? provider, DateTimeOffset now)
    {
        var network = request.NetworkConfiguration!.AwsvpcConfiguration!;
        return new()
        {
            AccountId = cluster.AccountId,
            Region = cluster.Region,
            Cluster = cluster.Name,
            Id = ids.NewHex(32),
            Family = found.Family,
            Revision = found.Revision,
            Overrides = overrides,
            TaskRoleArn = shape.TaskRoleArn,
            ExecutionRoleArn = shape.ExecutionRoleArn,
            CapacityProvider = provider,
            PlatformVersion = "1.4.0",
            CpuUnits = shape.CpuUnits,
            MemoryMegabytes = shape.MemoryMegabytes,
            StorageGigabytes = shape.StorageGigabytes,
            Group = request.Group ?? $"family:{found.Family}",
            StartedBy = request.StartedBy,
            Tags = tags,
            CredentialsId = ids.NewUuid(),
            CreatedAt = now,
            WakeAt = now,
            Network = new()
            {
                SubnetIds = network.Subnets,
                SecurityGroupIds = network.SecurityGroups ?? [],
                AssignPublicIp = network.AssignPublicIp == AssignPublicIp.Enabled,
                AttachmentId = ids.NewUuid(),
            },
            Containers =
            [
                .. found.Definition.ContainerDefinitions!.Select(container => new ContainerRecord
                {
                    Name = container.Name!,
                    Image = container.Image!,
                    Uuid = ids.NewUuid(),
                    Health = container.HealthCheck is { Command: not ["NONE"] } ? HealthStatus.Unknown : null,
                }),
            ],
        };
    }

    private static string Digest(RunTaskRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            new ShapeJsonWriter(writer, TimeForm.Unix).Write(request);
        }

        if (request.Overrides is not null && buffer.WrittenCount > MostOverrideBytes * 4)
        {
            throw EcsErrors.Invalid($"The overrides of a task cannot be longer than {MostOverrideBytes} characters.");
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }
}
