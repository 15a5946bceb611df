using System.Text.Json.Serialization;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Store;

/// <summary>How the records of the registry become JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RepositoryRecord))]
[JsonSerializable(typeof(ImageRecord))]
[JsonSerializable(typeof(TagRecord))]
[JsonSerializable(typeof(BlobLinkRecord))]
[JsonSerializable(typeof(UploadRecord))]
[JsonSerializable(typeof(CreationTemplateRecord))]
[JsonSerializable(typeof(AccountSettingRecord))]
internal sealed partial class EcrJson : JsonSerializerContext;
