using Fogbank.Contracts.S3;

namespace Fogbank.Services.S3.Domain;

/// <summary>A checksum spread over the members that answers have for it.</summary>
internal sealed class ChecksumFields(ChecksumRecord? checksum) : IChecksums
{
    public string? ChecksumCRC32 => Of(ChecksumFunction.Crc32);

    public string? ChecksumCRC32C => Of(ChecksumFunction.Crc32C);

    public string? ChecksumCRC64NVME => Of(ChecksumFunction.Crc64Nvme);

    public string? ChecksumSHA1 => Of(ChecksumFunction.Sha1);

    public string? ChecksumSHA256 => Of(ChecksumFunction.Sha256);

    public string? Type => checksum?.Kind.WireName();

    private string? Of(ChecksumFunction function) => checksum?.Function == function ? checksum.Value : null;
}
