namespace Fogbank.Services.Iam.Domain;

/// <summary>A long-term access key of a user. Its secret is sealed under the region's key.</summary>
internal sealed record AccessKeyRecord
{
    public required string AccessKeyId { get; init; }

    public required string SealedSecret { get; init; }

    public required string AccountId { get; init; }

    public required string UserName { get; init; }

    public bool IsActive { get; init; } = true;

    public required DateTimeOffset CreatedAt { get; init; }
}
