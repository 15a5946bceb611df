namespace Fogbank.Services.Ecr.Domain;

/// <summary>How a push of a manifest ended.</summary>
internal enum PutImageOutcome
{
    /// <summary>A new image.</summary>
    Created,

    /// <summary>The image was there; it got the tag.</summary>
    Tagged,

    /// <summary>Image and tag were there already: nothing changed.</summary>
    Unchanged,

    RepositoryNotFound,

    /// <summary>The tag points elsewhere and may not be moved.</summary>
    TagImmutable,

    /// <summary>Blobs are missing: <see cref="PutImageResult.Missing"/>.</summary>
    BlobsMissing,

    /// <summary>Images of an index are missing: <see cref="PutImageResult.Missing"/>.</summary>
    ImagesMissing,

    /// <summary>The manifest says another size than a blob has: <see cref="PutImageResult.Missing"/>.</summary>
    SizeDiffers,

    /// <summary>The image has 1,000 tags.</summary>
    TooManyTags,
}

/// <summary>How a push of a manifest ended. Where the outcome is a refusal nothing changed.</summary>
internal sealed record PutImageResult(PutImageOutcome Outcome)
{
    /// <summary>The image as it is now; null where it was refused.</summary>
    public ImageRecord? Image { get; init; }

    /// <summary>Digests at fault.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    internal bool IsAccepted => Outcome is PutImageOutcome.Created or PutImageOutcome.Tagged or PutImageOutcome.Unchanged;
}

/// <summary>How a deletion ended.</summary>
internal enum DeleteImageOutcome
{
    Deleted,

    /// <summary>Only the tag went; the image stays.</summary>
    Untagged,

    RepositoryNotFound,
    NotFound,

    /// <summary>The tag points at another image than the digest says.</summary>
    TagDiffers,

    /// <summary>An index of the repository names it.</summary>
    Referenced,
}
