using System.Text.Json.Serialization;
using Fogbank.Services.Iam.Credentials;
using Fogbank.Services.Iam.Domain;

namespace Fogbank.Services.Iam.Store;

/// <summary>How IAM's records and session tokens become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(RoleRecord))]
[JsonSerializable(typeof(UserRecord))]
[JsonSerializable(typeof(PolicyRecord))]
[JsonSerializable(typeof(AccessKeyRecord))]
[JsonSerializable(typeof(AttachmentRecord))]
[JsonSerializable(typeof(AttachedPolicyRecord))]
[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class IamJson : JsonSerializerContext;
