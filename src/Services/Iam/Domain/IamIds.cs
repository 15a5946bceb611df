using Fogbank.Kernel;

namespace Fogbank.Services.Iam.Domain;

/// <summary>Ids in AWS's form.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes</remarks>
internal static class IamIds
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    internal static string NewRoleId(this IIdSource ids) => "AROA" + ids.NewText(Base32, 17);

    internal static string NewUserId(this IIdSource ids) => "AIDA" + ids.NewText(Base32, 17);

    internal static string NewPolicyId(this IIdSource ids) => "ANPA" + ids.NewText(Base32, 17);

    internal static string NewAccessKeyId(this IIdSource ids) => "AKIA" + ids.NewText(Base32, 16);

    internal static string NewSessionKeyId(this IIdSource ids) => "ASIA" + ids.NewText(Base32, 16);

    internal static string NewSecret(this IIdSource ids) => ids.NewText(Base64, 40);
}
