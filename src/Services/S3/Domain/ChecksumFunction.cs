namespace Fogbank.Services.S3.Domain;

/// <summary>A checksum S3 keeps beside an object. Stored by number: never renumber.</summary>
internal enum ChecksumFunction
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
internal sealed record ChecksumRecord(ChecksumFunction Function, string Value, ChecksumKind Kind = ChecksumKind.FullObject);

/// <summary>Names and sizes of the checksums.</summary>
internal static class ChecksumFunctions
{
    public static IReadOnlyList<ChecksumFunction> All { get; } =
    [
        ChecksumFunction.Crc32, ChecksumFunction.Crc32C, ChecksumFunction.Crc64Nvme, ChecksumFunction.Sha1, ChecksumFunction.Sha256,
    ];

    /// <summary>The name in <c>x-amz-checksum-algorithm</c> and in answers; null for what Fogbank does not compute.</summary>
    public static ChecksumFunction? Parse(string? name) => name?.ToUpperInvariant() switch
    {
        "CRC32" => ChecksumFunction.Crc32,
        "CRC32C" => ChecksumFunction.Crc32C,
        "CRC64NVME" => ChecksumFunction.Crc64Nvme,
        "SHA1" => ChecksumFunction.Sha1,
        "SHA256" => ChecksumFunction.Sha256,
        _ => null,
    };

    public static string WireName(this ChecksumFunction function) => function switch
    {
        ChecksumFunction.Crc32 => "CRC32",
        ChecksumFunction.Crc32C => "CRC32C",
        ChecksumFunction.Crc64Nvme => "CRC64NVME",
        ChecksumFunction.Sha1 => "SHA1",
        _ => "SHA256",
    };

    public static string WireName(this ChecksumKind kind) => kind == ChecksumKind.Composite ? "COMPOSITE" : "FULL_OBJECT";

    /// <summary>The header or trailer that carries it.</summary>
    public static string HeaderName(this ChecksumFunction function) => function switch
    {
        ChecksumFunction.Crc32 => "x-amz-checksum-crc32",
        ChecksumFunction.Crc32C => "x-amz-checksum-crc32c",
        ChecksumFunction.Crc64Nvme => "x-amz-checksum-crc64nvme",
        ChecksumFunction.Sha1 => "x-amz-checksum-sha1",
        _ => "x-amz-checksum-sha256",
    };

    public static int SizeBytes(this ChecksumFunction function) => function switch
    {
        ChecksumFunction.Crc32 or ChecksumFunction.Crc32C => 4,
        ChecksumFunction.Crc64Nvme => 8,
        ChecksumFunction.Sha1 => 20,
        _ => 32,
    };

    /// <summary>Whether a checksum of the whole can be made from those of its parts.</summary>
    public static bool CanCombine(this ChecksumFunction function) => function.SizeBytes() <= 8;
}
