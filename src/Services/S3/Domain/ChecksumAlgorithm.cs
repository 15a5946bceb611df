namespace Fogbank.Services.S3.Domain;

/// <summary>A checksum S3 keeps beside an object. Stored by number: never renumber.</summary>
internal enum ChecksumAlgorithm
{
    Crc32 = 1,
    Crc32C = 2,
    Crc64Nvme = 3,
    Sha1 = 4,
    Sha256 = 5,
}

/// <summary>Whether a checksum is of all the object's bytes, or of its parts' checksums.</summary>
internal enum ChecksumKind
{
    FullObject = 0,
    Composite = 1,
}

/// <summary>A checksum as it is stored and sent.</summary>
/// <param name="Value">Base64; of a composite checksum with <c>-N</c> for the number of parts.</param>
internal sealed record Checksum(ChecksumAlgorithm Algorithm, string Value, ChecksumKind Kind = ChecksumKind.FullObject);

/// <summary>Names and sizes of the checksums.</summary>
internal static class ChecksumAlgorithms
{
    public static IReadOnlyList<ChecksumAlgorithm> All { get; } =
    [
        ChecksumAlgorithm.Crc32, ChecksumAlgorithm.Crc32C, ChecksumAlgorithm.Crc64Nvme, ChecksumAlgorithm.Sha1, ChecksumAlgorithm.Sha256,
    ];

    /// <summary>The name in <c>x-amz-checksum-algorithm</c> and in answers; null for what Fogbank does not compute.</summary>
    public static ChecksumAlgorithm? Parse(string? name) => name?.ToUpperInvariant() switch
    {
        "CRC32" => ChecksumAlgorithm.Crc32,
        "CRC32C" => ChecksumAlgorithm.Crc32C,
        "CRC64NVME" => ChecksumAlgorithm.Crc64Nvme,
        "SHA1" => ChecksumAlgorithm.Sha1,
        "SHA256" => ChecksumAlgorithm.Sha256,
        _ => null,
    };

    public static string WireName(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => "CRC32",
        ChecksumAlgorithm.Crc32C => "CRC32C",
        ChecksumAlgorithm.Crc64Nvme => "CRC64NVME",
        ChecksumAlgorithm.Sha1 => "SHA1",
        _ => "SHA256",
    };

    public static string WireName(this ChecksumKind kind) => kind == ChecksumKind.Composite ? "COMPOSITE" : "FULL_OBJECT";

    /// <summary>The header or trailer that carries it.</summary>
    public static string HeaderName(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => "x-amz-checksum-crc32",
        ChecksumAlgorithm.Crc32C => "x-amz-checksum-crc32c",
        ChecksumAlgorithm.Crc64Nvme => "x-amz-checksum-crc64nvme",
        ChecksumAlgorithm.Sha1 => "x-amz-checksum-sha1",
        _ => "x-amz-checksum-sha256",
    };

    public static int SizeBytes(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C => 4,
        ChecksumAlgorithm.Crc64Nvme => 8,
        ChecksumAlgorithm.Sha1 => 20,
        _ => 32,
    };

    /// <summary>Whether a checksum of the whole can be made from those of its parts.</summary>
    public static bool CanCombine(this ChecksumAlgorithm algorithm) => algorithm.SizeBytes() <= 8;
}
