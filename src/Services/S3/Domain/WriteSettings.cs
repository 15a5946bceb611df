namespace Fogbank.Services.S3.Domain;

/// <summary>What a request that makes an object asks for besides its bytes and headers: refused where Fogbank would not act on it.</summary>
internal readonly record struct WriteSettings
{
    private static readonly string[] s_labels =
        ["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"];

    public string? Acl { get; init; }

    /// <summary>Whether any x-amz-grant-* header was sent.</summary>
    public bool HasGrants { get; init; }

    public string? Encryption { get; init; }

    public string? KmsKeyId { get; init; }

    public string? CustomerAlgorithm { get; init; }

    public string? StorageClass { get; init; }

    /// <summary>Whether any object lock header was sent.</summary>
    public bool HasLock { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Throws S3's error for what is wrong, and says by name what is not built.</summary>
    /// <returns>The storage class to keep; null for STANDARD.</returns>
    public string? Check()
    {
        CheckAcl(Acl, HasGrants);
        CheckEncryption(Encryption, KmsKeyId, CustomerAlgorithm);
        if (HasLock)
        {
            throw S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration");
        }

        CheckMetadata(Metadata);
        return StorageClass switch
        {
            null or "STANDARD" => null,
            "GLACIER" or "DEEP_ARCHIVE" => throw S3Errors.NotSupported($"the storage class {StorageClass}"),
            _ when s_labels.Contains(StorageClass) => StorageClass,
            _ => throw S3Errors.InvalidStorageClass(StorageClass),
        };
    }

    /// <summary>Buckets have ACLs disabled (BucketOwnerEnforced), as AWS's own have by default.</summary>
    public static void CheckAcl(string? acl, bool hasGrants)
    {
        if (hasGrants || acl is not (null or "private" or "bucket-owner-full-control"))
        {
            throw S3Errors.AclNotSupported();
        }
    }

    public static void CheckEncryption(string? encryption, string? kmsKeyId, string? customerAlgorithm)
    {
        if (customerAlgorithm is not null)
        {
            throw S3Errors.NotSupported("server-side encryption with customer-provided keys");
        }

        if (encryption is "aws:kms" or "aws:kms:dsse" or "aws:fsx" or "aws:backup" || kmsKeyId is not null)
        {
            throw S3Errors.NotSupported($"server-side encryption with {encryption ?? "KMS keys"}");
        }

        if (encryption is not (null or "AES256"))
        {
            throw S3Errors.InvalidEncryptionAlgorithm(encryption);
        }
    }

    private static void CheckMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        const int Max = 2048;
        var size = metadata?.Sum(pair => pair.Key.Length + System.Text.Encoding.UTF8.GetByteCount(pair.Value)) ?? 0;
        if (size > Max)
        {
            throw S3Errors.MetadataTooLarge(size, Max);
        }
    }
}
