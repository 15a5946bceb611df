namespace Fogbank.Kernel;

/// <summary>What kind of caller a <see cref="Principal"/> is.</summary>
public enum PrincipalKind
{
    /// <summary>Nobody: a request without credentials, where those are allowed.</summary>
    Anonymous,
    Root,
    User,
    AssumedRole,

    /// <summary>Another service of this region, acting for a resource.</summary>
    Service,
}

/// <summary>Who calls. Made by the authenticator from credentials, or by the host for a service; never from request data.</summary>
public sealed record Principal
{
    public required PrincipalKind Kind { get; init; }

    /// <summary>The account the caller belongs to; of a service: of the resource it acts for.</summary>
    public required string AccountId { get; init; }

    /// <summary>The caller's ARN as GetCallerIdentity shows it; of a service its name (<c>s3.amazonaws.com</c>).</summary>
    public required string Arn { get; init; }

    /// <summary>The unique id as GetCallerIdentity shows it: account id, AIDA…, AROA…:session.</summary>
    public required string UserId { get; init; }

    /// <summary>The role an assumed role stands for, as an IAM ARN; null elsewhere.</summary>
    public string? RoleArn { get; init; }

    /// <summary>ARN of the resource a service acts for (condition key <c>aws:SourceArn</c>).</summary>
    public string? SourceArn { get; init; }

    /// <summary>Account of that resource (condition key <c>aws:SourceAccount</c>).</summary>
    public string? SourceAccount { get; init; }

    /// <summary>Policy passed when the session was made, which limits it; null for none.</summary>
    public string? SessionPolicy { get; init; }

    public static Principal Anonymous { get; } = new()
    {
        Kind = PrincipalKind.Anonymous,
        AccountId = "",
        Arn = "",
        UserId = "",
    };

    public static Principal Root(string accountId) => new()
    {
        Kind = PrincipalKind.Root,
        AccountId = accountId,
        Arn = $"arn:aws:iam::{accountId}:root",
        UserId = accountId,
    };

    /// <summary>A service acting for a resource of <paramref name="accountId"/>. Only the host and the services themselves make these.</summary>
    public static Principal Service(string name, string accountId, string? sourceArn) => new()
    {
        Kind = PrincipalKind.Service,
        AccountId = accountId,
        Arn = name,
        UserId = name,
        SourceArn = sourceArn,
        SourceAccount = accountId,
    };
}
