using System.Globalization;

namespace Fogbank.Services.Iam.Domain;

/// <summary>One of AWS's own policies.</summary>
internal sealed record AwsManagedPolicy(PolicyArn Arn, string DefaultVersion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>AWS's own policies, by the lists in <c>Data/</c>: what is not there does not exist.</summary>
internal static class AwsManagedPolicies
{
    /// <summary>Policies that only the service-linked role of their service can have.</summary>
    internal const string ServiceLinkedPath = "/aws-service-role/";

    // Read on first use: a region in which no policy is attached never needs them.
    private static readonly Lazy<IReadOnlyList<AwsManagedPolicy>> Policies = new(Read);
    private static readonly Lazy<Dictionary<PolicyArn, AwsManagedPolicy>> ByArn = new(() => All.ToDictionary(policy => policy.Arn));

    /// <summary>All of them, in the ordinal order of their ARNs.</summary>
    internal static IReadOnlyList<AwsManagedPolicy> All => Policies.Value;

    internal static AwsManagedPolicy? Find(PolicyArn arn) => arn.IsAwsManaged ? ByArn.Value.GetValueOrDefault(arn) : null;

    /// <summary>The document of a policy's default version; null where Fogbank does not know it.</summary>
    internal static string? FindDocument(AwsManagedPolicy policy)
    {
        var start = $"{policy.Arn}\t{policy.DefaultVersion}\t";
        return Lines("aws-managed-policy-documents.tsv").FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..];
    }

    private static IReadOnlyList<AwsManagedPolicy> Read() =>
    [
        .. Lines("aws-managed-policies.tsv").Select(line =>
            line.Split('\t') is [var arn, var version, var created, var updated] && PolicyArn.TryParse(arn, out var policy)
                ? new AwsManagedPolicy(policy, version, Time(created), Time(updated))
                : throw new InvalidDataException($"The list of AWS's managed policies has a line that is none: {line}")),
    ];

    private static IEnumerable<string> Lines(string resource)
    {
        using var stream = typeof(AwsManagedPolicies).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not in the program.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                yield return line;
            }
        }
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
