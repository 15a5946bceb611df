using System.Text.Json.Serialization;
using Fogbank.Services.Logs.Domain;

namespace Fogbank.Services.Logs.Store;

/// <summary>How the records of Logs become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(LogGroupRecord))]
[JsonSerializable(typeof(LogStreamRecord))]
[JsonSerializable(typeof(LogGroupUsage))]
internal sealed partial class LogsJson : JsonSerializerContext;
