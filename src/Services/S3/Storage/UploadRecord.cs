using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3.Storage;

/// <summary>A multipart upload that is neither completed nor aborted.</summary>
internal sealed record UploadRecord
{
    public required string Key { get; init; }

    public required string UploadId { get; init; }

    public required DateTimeOffset InitiatedAt { get; init; }

    /// <summary>Who began it.</summary>
    public required string InitiatorArn { get; init; }

    public required ObjectHeaders Headers { get; init; }

    public IReadOnlyList<TagRecord>? Tags { get; init; }

    /// <summary>Null where the client named none: the object then gets a CRC64NVME of all its bytes.</summary>
    public ChecksumFunction? Function { get; init; }

    public ChecksumKind Kind { get; init; }
}

/// <summary>A part of an upload. Its number is the last part of the row's key.</summary>
internal sealed record PartRecord
{
    public required int Number { get; init; }

    /// <summary>The blob that holds the bytes; this row owns one reference to it.</summary>
    public required long Blob { get; init; }

    public required long Size { get; init; }

    public required string ETag { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>In the upload's algorithm, or CRC64NVME where it names none.</summary>
    public required ChecksumRecord Checksum { get; init; }
}

/// <summary>Remembers a completed upload for a while, so that a client which did not hear the answer gets it again.</summary>
internal sealed record CompletedUploadRecord
{
    public required string Key { get; init; }

    public required string ETag { get; init; }

    public ChecksumRecord? Checksum { get; init; }

    /// <summary>When it is forgotten.</summary>
    public required DateTimeOffset ForgetAt { get; init; }
}
