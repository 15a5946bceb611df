namespace Fogbank.Services.S3.Domain;

/// <summary>A rule of a bucket's CORS configuration.</summary>
internal sealed record CorsRuleRecord
{
    public string? Id { get; init; }

    public IReadOnlyList<string> AllowedMethods { get; init; } = [];

    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    public IReadOnlyList<string>? AllowedHeaders { get; init; }

    public IReadOnlyList<string>? ExposeHeaders { get; init; }

    public int? MaxAgeSeconds { get; init; }
}

/// <summary>Which rule admits a browser's request. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html</summary>
internal static class CorsRules
{
    public const int MaxRules = 100;

    private static readonly string[] s_methods = ["GET", "PUT", "HEAD", "POST", "DELETE"];

    /// <summary>The first rule that admits origin, method and all requested headers; null for none.</summary>
    public static CorsRuleRecord? Find(
        IEnumerable<CorsRuleRecord> rules, string origin, string method, IEnumerable<string> requestHeaders)
    {
        var headers = requestHeaders.ToList();
        foreach (var rule in rules)
        {
            if (rule.AllowedMethods.Contains(method, StringComparer.Ordinal)
                && rule.AllowedOrigins.Any(pattern => Matches(pattern, origin, StringComparison.Ordinal))
                && headers.All(header => rule.AllowedHeaders?.Any(
                    pattern => Matches(pattern, header, StringComparison.OrdinalIgnoreCase)) == true))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>Throws S3's errors for rules that AWS would not store.</summary>
    public static void Check(IReadOnlyList<CorsRuleRecord> rules)
    {
        if (rules.Count is 0 or > MaxRules)
        {
            throw S3Errors.MalformedXml();
        }

        foreach (var rule in rules)
        {
            if (rule.AllowedMethods.Count == 0 || rule.AllowedOrigins.Count == 0 || rule.Id is { Length: > 255 })
            {
                throw S3Errors.MalformedXml();
            }

            if (rule.AllowedMethods.FirstOrDefault(method => !s_methods.Contains(method)) is { } unknown)
            {
                throw S3Errors.InvalidRequest($"Found unsupported HTTP method in CORS config. Unsupported method is {unknown}");
            }

            if (rule.AllowedOrigins.FirstOrDefault(HasTwoWildcards) is { } origin)
            {
                throw S3Errors.InvalidRequest($"AllowedOrigin \"{origin}\" can not have more than one wildcard.");
            }

            if (rule.AllowedHeaders?.FirstOrDefault(HasTwoWildcards) is { } header)
            {
                throw S3Errors.InvalidRequest($"AllowedHeader \"{header}\" can not have more than one wildcard.");
            }

            if (rule.ExposeHeaders?.FirstOrDefault(name => name.Contains('*', StringComparison.Ordinal)) is { } exposed)
            {
                throw S3Errors.InvalidRequest($"ExposeHeader \"{exposed}\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
            }
        }
    }

    private static bool HasTwoWildcards(string pattern) => pattern.Count(c => c == '*') > 1;

    private static bool Matches(string pattern, string text, StringComparison comparison)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? string.Equals(pattern, text, comparison)
            : text.Length >= pattern.Length - 1
                && text.StartsWith(pattern[..star], comparison)
                && text.EndsWith(pattern[(star + 1)..], comparison);
    }
}
