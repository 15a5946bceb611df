using System.Text.Json.Serialization;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecr.Tokens;

/// <summary>All that a registry token holds: tokens are stored nowhere.</summary>
internal sealed record RegistryTokenRecord
{
    public required DateTimeOffset ExpiresAt { get; init; }

    public required PrincipalKind Kind { get; init; }

    public required string AccountId { get; init; }

    public required string Arn { get; init; }

    public required string UserId { get; init; }

    public string? RoleArn { get; init; }

    public string? SourceArn { get; init; }

    public string? SourceAccount { get; init; }

    public string? SessionPolicy { get; init; }

    internal static RegistryTokenRecord Of(Principal principal, DateTimeOffset expiresAt) => new()
    {
        ExpiresAt = expiresAt,
        Kind = principal.Kind,
        AccountId = principal.AccountId,
        Arn = principal.Arn,
        UserId = principal.UserId,
        RoleArn = principal.RoleArn,
        SourceArn = principal.SourceArn,
        SourceAccount = principal.SourceAccount,
        SessionPolicy = principal.SessionPolicy,
    };

    internal Principal ToPrincipal() => new()
    {
        Kind = Kind,
        AccountId = AccountId,
        Arn = Arn,
        UserId = UserId,
        RoleArn = RoleArn,
        SourceArn = SourceArn,
        SourceAccount = SourceAccount,
        SessionPolicy = SessionPolicy,
    };
}

/// <summary>The URL of a layer, for whoever gets to know it.</summary>
internal sealed record LayerUrlRecord
{
    public required DateTimeOffset ExpiresAt { get; init; }

    public required string AccountId { get; init; }

    public required string Region { get; init; }

    public required string Repository { get; init; }

    public required string Digest { get; init; }
}

/// <summary>How the sealed records become JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegistryTokenRecord))]
[JsonSerializable(typeof(LayerUrlRecord))]
internal sealed partial class TokenJson : JsonSerializerContext;
