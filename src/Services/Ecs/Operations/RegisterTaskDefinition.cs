using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Services.Ecs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Operations;

[Operation]
internal sealed class RegisterTaskDefinition(EcsStore store, TimeProvider time) : IOperation<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse>
{
    private const int MaxBytes = 64 * 1024;

    public async ValueTask<RegisterTaskDefinitionResponse> HandleAsync(
        RegisterTaskDefinitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        DefinitionRules.Check(request);
        var tags = TagList.Add([], request.Tags);
        var plain = Complete(request, 0, null, context);
        if (request.RequiresCompatibilities?.Contains(Compatibility.Fargate) is true && FargateRules.Broken(plain) is { } broken)
        {
            throw EcsErrors.Client(broken);
        }

        CheckAwslogs(plain);
        var record = await store.Database.WriteAsync(
            transaction =>
            {
                var key = StoreKey.Of(context.Scope, request.Family);
                var revision = (transaction.Get(EcsSchema.Families, key).Value?.LastRevision ?? 0) + 1;
                var record = new TaskDefinitionRecord
                {
                    AccountId = context.AccountId,
                    Region = context.Region,
                    Family = request.Family,
                    Revision = revision,
                    Definition = Complete(request, revision, time.GetUtcNow(), context),
                    Status = TaskDefinitionStatus.Active,
                    Tags = tags,
                };
                transaction.Put(EcsSchema.Families, key, new() { Name = request.Family, LastRevision = revision, ActiveRevision = revision });
                transaction.Put(EcsSchema.Definitions, EcsStore.DefinitionKey(context.Scope, request.Family, revision), record);
                return record;
            },
            cancellationToken);
        return new() { TaskDefinition = DefinitionView.From(record), Tags = tags.Count > 0 ? TagList.From(tags) : null };
    }

    private static void CheckAwslogs(TaskDefinition definition)
    {
        foreach (var container in definition.ContainerDefinitions ?? [])
        {
            if (container.LogConfiguration is { LogDriver: LogDriver.Awslogs } log)
            {
                if (log.Options?.ContainsKey("awslogs-group") is not true || log.Options?.ContainsKey("awslogs-region") is not true)
                {
                    throw EcsErrors.Client("Log driver awslogs requires options: awslogs-group, awslogs-region");
                }

                AwslogsOptions.Parse(log.Options, "non-blocking");
            }
        }
    }

    /// <summary>The definition as AWS shows it: with its defaults, and what follows from it.</summary>
    private static TaskDefinition Complete(RegisterTaskDefinitionRequest request, int revision, DateTimeOffset? registeredAt, RequestContext context)
    {
        var containers = request.ContainerDefinitions.Select(container => Complete(container, request.NetworkMode)).ToList();
        var definition = Make([], []);
        return Make(DefinitionFacts.Compatibilities(definition), DefinitionFacts.RequiresAttributes(definition));

        TaskDefinition Make(IReadOnlyList<string> compatibilities, IReadOnlyList<Contracts.Ecs.Attribute> attributes) => new()
        {
            TaskDefinitionArn = EcsArn.TaskDefinition(context.Scope, request.Family, revision),
            ContainerDefinitions = containers,
            Family = request.Family,
            TaskRoleArn = RoleArn(request.TaskRoleArn, context),
            ExecutionRoleArn = RoleArn(request.ExecutionRoleArn, context),
            NetworkMode = request.NetworkMode,
            Revision = revision,
            Volumes = request.Volumes ?? [],
            Status = TaskDefinitionStatus.Active,
            RequiresAttributes = attributes,
            PlacementConstraints = request.PlacementConstraints ?? [],
            Compatibilities = compatibilities,
            RuntimePlatform = request.RuntimePlatform,
            RequiresCompatibilities = request.RequiresCompatibilities,
            Cpu = FargateSizes.TryReadCpu(request.Cpu, out var cpu) ? cpu.ToString(CultureInfo.InvariantCulture) : null,
            Memory = FargateSizes.TryReadMemory(request.Memory, out var memory) ? memory.ToString(CultureInfo.InvariantCulture) : null,
            InferenceAccelerators = request.InferenceAccelerators,
            PidMode = request.PidMode,
            IpcMode = request.IpcMode,
            ProxyConfiguration = request.ProxyConfiguration,
            RegisteredAt = registeredAt,
            RegisteredBy = context.Principal.Arn,
            EphemeralStorage = request.EphemeralStorage,
            EnableFaultInjection = request.EnableFaultInjection,
        };
    }

    // A role may be given by its name alone.
    private static string? RoleArn(string? given, RequestContext context) =>
        string.IsNullOrEmpty(given) ? null : given.StartsWith("arn:", StringComparison.Ordinal) ? given : $"arn:aws:iam::{context.AccountId}:role/{given}";

    private static ContainerDefinition Complete(ContainerDefinition container, string? networkMode)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            new ShapeJsonWriter(writer, TimeForm.Unix).Write(container);
        }

        if (buffer.WrittenCount > MaxBytes)
        {
            throw EcsErrors.Client("Actual length of the task definition exceeds the maximum of 64 KB.");
        }

        var json = JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
        json.TryAdd("cpu", 0);
        json.TryAdd("essential", true);
        foreach (var list in (ReadOnlySpan<string>)["portMappings", "environment", "mountPoints", "volumesFrom", "systemControls"])
        {
            json.TryAdd(list, new JsonArray());
        }

        foreach (var port in json["portMappings"]!.AsArray().Select(port => port!.AsObject()))
        {
            port.TryAdd("protocol", "tcp");
            if (networkMode == NetworkMode.Awsvpc && port["containerPort"] is { } number)
            {
                port["hostPort"] = number.DeepClone();
            }
            else if (port["containerPort"] is not null)
            {
                port.TryAdd("hostPort", 0);
            }
        }

        if (json["healthCheck"] is JsonObject check)
        {
            check.TryAdd("interval", 30);
            check.TryAdd("timeout", 5);
            check.TryAdd("retries", 3);
        }

        using var document = JsonDocument.Parse(json.ToJsonString());
        return ContainerDefinition.Read(new ShapeJsonReader(document.RootElement));
    }
}
