namespace Fogbank.Services.S3.Domain;

/// <summary>A checksum spread over the members that answers have for it.</summary>
internal readonly struct ChecksumFields(ChecksumRecord? checksum)
{
    public string? Crc32 => Of(ChecksumFunction.Crc32);

    public string? Crc32C => Of(ChecksumFunction.Crc32C);

    public string? Crc64Nvme => Of(ChecksumFunction.Crc64Nvme);

    public string? Sha1 => Of(ChecksumFunction.Sha1);

    public string? Sha256 => Of(ChecksumFunction.Sha256);

    public string? Type => checksum?.Kind.WireName();

    private string? Of(ChecksumFunction function) => checksum?.Function == function ? checksum.Value : null;
}
