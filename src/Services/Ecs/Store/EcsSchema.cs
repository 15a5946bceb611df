using Fogbank.Services.Ecs.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Store;

/// <summary>The tables of ECS, in the control plane's database.</summary>
internal static class EcsSchema
{
    /// <summary>Index of tasks that are not STOPPED.</summary>
    internal const string Live = "live";

    /// <summary>Index of tasks by family and revision.</summary>
    internal const string ByDefinition = "definition";

    internal static readonly Table<ClusterRecord> Clusters = new("ecs.cluster", EcsJson.Default.ClusterRecord);

    internal static readonly Table<FamilyRecord> Families = new("ecs.family", EcsJson.Default.FamilyRecord);

    internal static readonly Table<TaskDefinitionRecord> Definitions = new("ecs.task-definition", EcsJson.Default.TaskDefinitionRecord)
    {
        WakeAt = definition => definition.WakeAt,
    };

    internal static readonly Table<TaskRecord> Tasks = new("ecs.task", EcsJson.Default.TaskRecord)
    {
        WakeAt = task => task.WakeAt,
        Indexes =
        [
            new(Live, task => task.LastStatus == TaskStatus.Stopped ? default : 1L),
            new(ByDefinition, task => $"{task.Family}:{task.Revision}"),
        ],
    };

    internal static readonly Table<AccountSettingRecord> Settings = new("ecs.account-setting", EcsJson.Default.AccountSettingRecord);

    internal static readonly Table<RunTokenRecord> Tokens = new("ecs.run-token", EcsJson.Default.RunTokenRecord) { WakeAt = token => token.WakeAt };

    internal static readonly Table<LogPositionRecord> LogPositions = new("ecs.log-position", EcsJson.Default.LogPositionRecord);

    internal static readonly DatabaseSchema Control = new()
    {
        Database = "control",
        Owner = "ecs",
        Tables = [Clusters, Families, Definitions, Tasks, Settings, Tokens, LogPositions],
    };
}
