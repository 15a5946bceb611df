using Fogbank.Kernel;

namespace Fogbank.Services.Iam.Credentials;

/// <summary>All that a session token holds: temporary credentials are stored nowhere.</summary>
internal sealed record SessionRecord
{
    public required string AccessKeyId { get; init; }

    public required string SecretAccessKey { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required PrincipalKind Kind { get; init; }

    public required string AccountId { get; init; }

    public required string Arn { get; init; }

    public required string UserId { get; init; }

    public string? RoleArn { get; init; }

    public string? SessionPolicy { get; init; }

    internal Principal ToPrincipal() => new()
    {
        Kind = Kind,
        AccountId = AccountId,
        Arn = Arn,
        UserId = UserId,
        RoleArn = RoleArn,
        SessionPolicy = SessionPolicy,
    };
}
