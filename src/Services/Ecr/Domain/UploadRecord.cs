namespace Fogbank.Services.Ecr.Domain;

/// <summary>A blob on its way: what has arrived so far survives a restart.</summary>
internal sealed record UploadRecord
{
    public required string Id { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it is given up unless more arrives.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>In order.</summary>
    public IReadOnlyList<UploadPart> Parts { get; init; } = [];

    /// <summary>All parts together: the offset at which the next begins.</summary>
    public long SizeBytes { get; init; }
}

/// <summary>A piece of an upload.</summary>
internal sealed record UploadPart(long Blob, long SizeBytes);
