using System.Globalization;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3;

/// <summary>Tells the front door which pages a bucket's CORS rules admit.</summary>
internal sealed class CorsPolicySource(S3Store store) : ICorsPolicySource
{
    public async ValueTask<CorsDecision> DecideAsync(
        string bucket, string origin, string method, IReadOnlyList<string> requestHeaders, CancellationToken cancellationToken)
    {
        if (await store.FindBucketAsync(bucket, cancellationToken) is not { } row)
        {
            return CorsDecision.Refused("CORSResponse: Bucket not found");
        }

        if (row.Record.Cors is not { } rules)
        {
            return CorsDecision.Refused("CORSResponse: CORS is not enabled for this bucket.");
        }

        // S3's own text, with its spelling.
        return CorsRules.Find(rules, origin, method, requestHeaders) is { } rule
            ? new(true, HeadersOf(rule, origin, requestHeaders), null)
            : CorsDecision.Refused(
                "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.");
    }

    private static List<KeyValuePair<string, string>> HeadersOf(CorsRuleRecord rule, string origin, IReadOnlyList<string> requestHeaders)
    {
        var isAnyone = rule.AllowedOrigins.Contains("*");
        var headers = new List<KeyValuePair<string, string>>
        {
            new("Access-Control-Allow-Origin", isAnyone ? "*" : origin),
            new("Access-Control-Allow-Methods", string.Join(", ", rule.AllowedMethods)),
            new("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
        };
        if (!isAnyone)
        {
            headers.Add(new("Access-Control-Allow-Credentials", "true"));
        }

        if (requestHeaders.Count > 0)
        {
            headers.Add(new("Access-Control-Allow-Headers", string.Join(", ", requestHeaders.Select(header => header.ToLowerInvariant()))));
        }

        if (rule.ExposeHeaders is { Count: > 0 } exposed)
        {
            headers.Add(new("Access-Control-Expose-Headers", string.Join(", ", exposed)));
        }

        if (rule.MaxAgeSeconds is { } age)
        {
            headers.Add(new("Access-Control-Max-Age", age.ToString(CultureInfo.InvariantCulture)));
        }

        return headers;
    }
}
