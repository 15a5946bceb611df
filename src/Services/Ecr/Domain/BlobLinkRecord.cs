namespace Fogbank.Services.Ecr.Domain;

/// <summary>
/// A blob as one repository has it. It holds one reference to the stored blob, which repositories share. While no image uses it (just pushed,
/// just mounted, or its last image deleted) it is kept until <see cref="ExpiresAt"/>, so that a push under way finds it.
/// </summary>
internal sealed record BlobLinkRecord
{
    public required string Digest { get; init; }

    public required long Blob { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>As the last manifest that names it says; null before.</summary>
    public string? MediaType { get; init; }

    /// <summary>How many images of the repository use it.</summary>
    public int Images { get; init; }

    /// <summary>When it goes unless an image uses it; null while one does.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
