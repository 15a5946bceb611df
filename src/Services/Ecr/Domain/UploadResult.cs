namespace Fogbank.Services.Ecr.Domain;

/// <summary>How a step of an upload ended.</summary>
internal enum UploadOutcome
{
    /// <summary>More of it is kept.</summary>
    Appended,

    /// <summary>The blob is part of the repository.</summary>
    Stored,

    RepositoryNotFound,

    /// <summary>There is no such upload (any more).</summary>
    Unknown,

    /// <summary>It does not begin where the last one ended: <see cref="UploadResult.SizeBytes"/>.</summary>
    WrongOffset,

    /// <summary>The bytes have another digest than was said. The upload is gone.</summary>
    DigestDiffers,

    /// <summary>It would become larger than a layer may be.</summary>
    TooLarge,
}

/// <summary>How a step of an upload ended.</summary>
/// <param name="SizeBytes">What is there now.</param>
internal sealed record UploadResult(UploadOutcome Outcome, long SizeBytes = 0)
{
    /// <summary>The blob, once stored.</summary>
    public BlobLinkRecord? Blob { get; init; }

    /// <summary>What the bytes have, where it is not what was said.</summary>
    public string? ActualDigest { get; init; }

    /// <summary>The blob was there before: nothing was kept of this upload.</summary>
    public bool Existed { get; init; }
}
