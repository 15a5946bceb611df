using System.Text.Json.Serialization;

namespace Fogbank.Services.S3.Storage;

/// <summary>How S3's records are stored. Members are only ever added.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(BucketRecord))]
[JsonSerializable(typeof(ObjectRecord))]
[JsonSerializable(typeof(ObjectPartsRecord))]
[JsonSerializable(typeof(UploadRecord))]
[JsonSerializable(typeof(PartRecord))]
[JsonSerializable(typeof(CompletedUploadRecord))]
[JsonSerializable(typeof(EventRecord))]
internal sealed partial class S3Json : JsonSerializerContext;
