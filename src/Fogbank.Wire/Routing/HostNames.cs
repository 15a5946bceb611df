namespace Fogbank.Wire.Routing;

/// <summary>What a host name says: a bucket, a service, a region.</summary>
/// <param name="Bucket">Bucket of a virtual-hosted S3 request; null elsewhere.</param>
/// <param name="Service">Endpoint prefix of a service; null where the host names none.</param>
/// <param name="Region">Region of the host; null where it names none.</param>
internal readonly record struct HostName(string? Bucket, string? Service, string? Region);

/// <summary>Reads host names under the domains by which a region is reached.</summary>
internal sealed class HostNames(string? baseDomain)
{
    /// <summary>Labels of names that belong to data planes: no bucket and no API is meant by them.</summary>
    private static readonly string[] DataPlanes = [".lambda-url.", ".execute-api.", ".elb.", ".dkr.ecr.", ".s3-website."];

    private readonly string[] _domains =
    [
        .. baseDomain is null ? Array.Empty<string>() : [baseDomain.ToLowerInvariant()],
        "localhost.localstack.cloud",
        "localhost",
        "host.docker.internal",
        "amazonaws.com",
    ];

    /// <summary>Whether a name stands for something that a service serves beside its API.</summary>
    public static bool IsDataPlane(string host) => Array.Exists(DataPlanes, label => host.Contains(label, StringComparison.Ordinal));

    /// <summary>Reads <paramref name="host"/>, lower case and without port.</summary>
    /// <param name="host">The name.</param>
    /// <param name="isS3">The signature is one for S3, so a name that stands before the bare domain is a bucket.</param>
    /// <param name="isService">Whether a label is a service's.</param>
    public HostName Parse(string host, bool isS3, Func<string, bool> isService)
    {
        foreach (var domain in _domains)
        {
            if (host.Length > domain.Length + 1 && host.EndsWith(domain, StringComparison.Ordinal) && host[^(domain.Length + 1)] == '.')
            {
                return ParseLabels(host[..^(domain.Length + 1)], domain == "amazonaws.com", isS3, isService);
            }
        }

        return default;
    }

    private static HostName ParseLabels(string name, bool isAws, bool isS3, Func<string, bool> isService)
    {
        if (FindS3(name) is { } s3)
        {
            return s3;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? name : name[..dot];
        var rest = dot < 0 ? null : name[(dot + 1)..];
        if (!isS3 && isService(name))
        {
            return new HostName(null, name, null);
        }

        if (!isS3 && isService(first))
        {
            return new HostName(null, first, rest);
        }

        // "api.ecr.us-east-1": a prefix of two labels.
        if (!isS3 && rest is not null && rest.LastIndexOf('.') is > 0 and var last && isService($"{first}.{rest[..last]}"))
        {
            return new HostName(null, $"{first}.{rest[..last]}", rest[(last + 1)..]);
        }

        // Clients that were given "http://localhost:4566" write buckets straight before it.
        return isAws ? default : new HostName(name, null, null);
    }

    /// <summary><c>s3</c>, <c>s3.REGION</c>, <c>s3-REGION</c>, each alone or behind a bucket, which may itself have dots.</summary>
    private static HostName? FindS3(string name)
    {
        var labels = name.Split('.');
        for (var i = labels.Length - 1; i >= 0; i--)
        {
            var isDashed = labels[i].StartsWith("s3-", StringComparison.Ordinal) && labels[i].Length > 6 && i == labels.Length - 1;
            if (labels[i] != "s3" && !isDashed)
            {
                continue;
            }

            var after = labels.Length - 1 - i;
            if (after > 2 || (after == 2 && labels[i + 1] != "dualstack"))
            {
                continue;
            }

            var region = isDashed ? labels[i][3..] : after == 0 ? null : labels[^1];
            return new HostName(i == 0 ? null : string.Join('.', labels[..i]), "s3", region);
        }

        return null;
    }
}
