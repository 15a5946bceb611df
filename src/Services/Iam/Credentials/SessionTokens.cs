using System.Text.Json;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;

namespace Fogbank.Services.Iam.Credentials;

/// <summary>Makes and opens session tokens: the sealed session itself, so that nothing needs to be stored or looked up.</summary>
internal sealed class SessionTokens(RegionOptions options, IIdSource ids, TimeProvider time)
{
    // Tells our tokens from others' at a glance, and a later form from this one.
    private const string Prefix = "FQoF1";
    private readonly Sealer _sealer = new(options.RegionKey, "sts-session");

    /// <summary>New credentials for a principal.</summary>
    internal TemporaryCredentials Issue(Principal principal, TimeSpan duration)
    {
        var session = new SessionRecord
        {
            AccessKeyId = ids.NewSessionKeyId(),
            SecretAccessKey = ids.NewSecret(),
            // Whole seconds, as AWS says it on the wire.
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + duration).ToUnixTimeSeconds()),
            Kind = principal.Kind,
            AccountId = principal.AccountId,
            Arn = principal.Arn,
            UserId = principal.UserId,
            RoleArn = principal.RoleArn,
            SessionPolicy = principal.SessionPolicy,
        };
        var token = Prefix + Convert.ToBase64String(_sealer.Seal(JsonSerializer.SerializeToUtf8Bytes(session, IamJson.Default.SessionRecord)));
        return new(session.AccessKeyId, session.SecretAccessKey, token, session.ExpiresAt, principal);
    }

    /// <summary>The session of a token; null where this region did not make it, or not for that key.</summary>
    internal SessionRecord? Open(string accessKeyId, string token)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token[Prefix.Length..], bytes, out var written)
            || !_sealer.TryOpen(bytes.AsSpan(0, written), out var plain))
        {
            return null;
        }

        var session = JsonSerializer.Deserialize(plain, IamJson.Default.SessionRecord);
        return session?.AccessKeyId == accessKeyId ? session : null;
    }
}
