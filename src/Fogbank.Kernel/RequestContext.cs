namespace Fogbank.Kernel;

/// <summary>All that travels with a request besides its members. Passed by hand, never ambient.</summary>
public sealed record RequestContext
{
    public required Scope Scope { get; init; }

    public required Principal Principal { get; init; }

    /// <summary>A UUID; of S3 sixteen upper-case hexadecimal digits.</summary>
    public required string RequestId { get; init; }

    /// <summary>Scheme, host and port under which the caller reached the region: what answers put into URLs.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The access key of the request; null where it had none.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>Recognises a repetition of a call between services; null from the wire.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The HTTP request underneath; null for calls between services.</summary>
    public HttpDetails? Http { get; init; }

    public string AccountId => Scope.AccountId;

    public string Region => Scope.Region;
}
