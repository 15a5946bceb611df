namespace Fogbank.Services.Lambda.Domain;

/// <summary>The image of a function. A tag that moves later changes nothing: the digest was taken when the function was created or updated.</summary>
internal sealed record ImageCodeRecord
{
    /// <summary>As the client named it.</summary>
    public required string Uri { get; init; }

    /// <summary>By registry, repository and digest: the name that is pulled.</summary>
    public required string ResolvedUri { get; init; }
}
