using Fogbank.Kernel;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>
/// The host name under which a client reaches the registry: <c>account.dkr.ecr.region.…</c> (also <c>account.dkr-ecr.region.…</c>) names the
/// registry; anything else is the region's own address.
/// </summary>
internal static class RegistryHost
{
    /// <summary>The registry that a host names; null for one that names none.</summary>
    /// <param name="host">Lower case, without port.</param>
    internal static Scope? Parse(string host)
    {
        const int AccountDigits = 12;
        if (host.Length <= AccountDigits || host.AsSpan(0, AccountDigits).ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        var rest = host.AsSpan(AccountDigits);
        if (rest.StartsWith(".dkr.ecr.") || rest.StartsWith(".dkr-ecr."))
        {
            rest = rest[9..];
            var dot = rest.IndexOf('.');
            var region = dot < 0 ? rest : rest[..dot];
            return region.IsEmpty ? null : new Scope(host[..AccountDigits], region.ToString());
        }

        return null;
    }

    /// <summary>
    /// Whether a host can be the region's own address: an IP address, a bare name, or a domain of the user's. Names of buckets and of other
    /// data planes are not, since objects may be called like blobs.
    /// </summary>
    internal static bool IsPlain(string host) =>
        host is "host.docker.internal" or "localhost.localstack.cloud"
        || !host.Contains('.', StringComparison.Ordinal)
        || System.Net.IPAddress.TryParse(host, out _)
        || !(host.EndsWith(".localhost", StringComparison.Ordinal)
            || host.EndsWith(".amazonaws.com", StringComparison.Ordinal)
            || host.EndsWith(".localhost.localstack.cloud", StringComparison.Ordinal)
            || host.EndsWith(".host.docker.internal", StringComparison.Ordinal)
            || host.Contains(".s3.", StringComparison.Ordinal)
            || host.Contains(".s3-", StringComparison.Ordinal)
            || host.Contains(".lambda-url.", StringComparison.Ordinal)
            || host.Contains(".execute-api.", StringComparison.Ordinal)
            || host.Contains(".elb.", StringComparison.Ordinal));
}
