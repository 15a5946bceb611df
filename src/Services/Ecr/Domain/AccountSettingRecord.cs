namespace Fogbank.Services.Ecr.Domain;

/// <summary>A setting of a registry that was changed; its key says which.</summary>
internal sealed record AccountSettingRecord(string Value);

/// <summary>Settings of a registry. Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html</summary>
internal static class AccountSettings
{
    /// <summary>Whether pushes may take layers over from other repositories of the registry.</summary>
    internal const string BlobMounting = "BLOB_MOUNTING";
    internal const string Enabled = "ENABLED";

    /// <summary>Values that a setting takes, the default first; null: there is no such setting.</summary>
    internal static IReadOnlyList<string>? ValuesOf(string name) => name switch
    {
        // AWS's default is DISABLED. Here layers are shared in any case, so nothing is gained by uploading them twice.
        BlobMounting => [Enabled, "DISABLED"],

        // The other values (CLAIR, V1) are old ones that AWS takes no more.
        "BASIC_SCAN_TYPE_VERSION" => ["AWS_NATIVE"],
        "REGISTRY_POLICY_SCOPE" => ["V2"],
        _ => null,
    };
}
