using System.Text.Json.Serialization;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Store;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FunctionRecord))]
[JsonSerializable(typeof(VersionRecord))]
[JsonSerializable(typeof(EventInvokeRecord))]
internal sealed partial class LambdaJson : JsonSerializerContext;
