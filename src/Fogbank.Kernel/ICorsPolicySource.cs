namespace Fogbank.Kernel;

/// <summary>Buckets' own rules about web pages. Implemented by S3; asked by the front door only where a page of another origin calls.</summary>
public interface ICorsPolicySource
{
    /// <summary>Looks for the first rule of a bucket that admits a page.</summary>
    /// <param name="bucket">Name of the bucket.</param>
    /// <param name="origin">The <c>Origin</c> header.</param>
    /// <param name="method">The method it wants to use: of a preflight <c>Access-Control-Request-Method</c>.</param>
    /// <param name="requestHeaders">The headers a preflight asks for, trimmed; empty elsewhere.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<CorsDecision> DecideAsync(
        string bucket, string origin, string method, IReadOnlyList<string> requestHeaders, CancellationToken cancellationToken);
}

/// <summary>What a bucket's rules say of a page.</summary>
/// <param name="IsAllowed">False where no rule matches.</param>
/// <param name="Headers">The <c>Access-Control-*</c> and <c>Vary</c> headers to answer with; empty where it is not allowed.</param>
/// <param name="Refusal">Text of S3's <c>AccessForbidden</c> to a preflight that is not allowed; null elsewhere.</param>
public sealed record CorsDecision(bool IsAllowed, IReadOnlyList<KeyValuePair<string, string>> Headers, string? Refusal)
{
    public static CorsDecision Refused(string refusal) => new(false, [], refusal);
}
