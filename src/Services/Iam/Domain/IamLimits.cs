namespace Fogbank.Services.Iam.Domain;

/// <summary>Quotas as a new AWS account has them.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html</remarks>
internal static class IamLimits
{
    internal const int AttachedPolicies = 10;
    internal const int PolicyVersions = 5;
    internal const int AccessKeysPerUser = 2;
    internal const int Tags = 50;

    /// <summary>Characters of all inline policies together, white space not counted.</summary>
    internal const int InlineRoleCharacters = 10_240;
    internal const int InlineUserCharacters = 2_048;
    internal const int TrustPolicyCharacters = 2_048;
    internal const int ManagedPolicyCharacters = 6_144;

    internal static int CountCharacters(string document) => document.Count(c => !char.IsWhiteSpace(c));
}
