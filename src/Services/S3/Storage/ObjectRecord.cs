using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3.Storage;

/// <summary>What a client gives an object besides its bytes: the headers that come back with it.</summary>
internal sealed record ObjectHeaders
{
    public string? ContentType { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public string? WebsiteRedirectLocation { get; init; }

    /// <summary>Without the prefix <c>x-amz-meta-</c>, names in lower case.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Null for STANDARD.</summary>
    public string? StorageClass { get; init; }
}

/// <summary>An object. Its key is the last part of the row's key.</summary>
internal sealed record ObjectRecord
{
    /// <summary>The blob that holds the bytes; this row owns one reference to it.</summary>
    public required long Blob { get; init; }

    public required long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }

    /// <summary>Whole seconds: what every answer of S3 shows.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    public required ObjectHeaders Headers { get; init; }

    public ChecksumRecord? Checksum { get; init; }

    public IReadOnlyList<TagRecord>? Tags { get; init; }

    /// <summary>How many parts it was uploaded in; 0 where it was not. The parts themselves are an <see cref="ObjectPartsRecord"/>.</summary>
    public int PartCount { get; init; }

    public string StorageClass => Headers.StorageClass ?? "STANDARD";
}

/// <summary>The parts a multipart object was made of, in order; beside the object's row so that listings do not read it.</summary>
internal sealed record ObjectPartsRecord(IReadOnlyList<ObjectPartRecord> Parts);

/// <param name="Checksum">Base64, where the upload named an algorithm.</param>
internal sealed record ObjectPartRecord(int Number, long Size, string? Checksum);
