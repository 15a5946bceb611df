using System.Text.Json.Serialization;
using Fogbank.Contracts.Ecs;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Store;

/// <summary>How the records of ECS become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters =
    [
        typeof(ShapeJson<TaskDefinition>), typeof(ShapeJson<TaskOverride>), typeof(ShapeJson<ClusterSetting>),
        typeof(ShapeJson<ClusterConfiguration>), typeof(ShapeJson<CapacityProviderStrategyItem>),
    ])]
[JsonSerializable(typeof(ClusterRecord))]
[JsonSerializable(typeof(FamilyRecord))]
[JsonSerializable(typeof(TaskDefinitionRecord))]
[JsonSerializable(typeof(TaskRecord))]
[JsonSerializable(typeof(AccountSettingRecord))]
[JsonSerializable(typeof(RunTokenRecord))]
[JsonSerializable(typeof(LogPositionRecord))]
internal sealed partial class EcsJson : JsonSerializerContext;
