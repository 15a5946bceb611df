using System.Text.Json;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Tokens;

/// <summary>Makes and opens registry tokens: the sealed principal itself, so that nothing needs to be stored or looked up.</summary>
internal sealed class RegistryTokens(RegionOptions options, TimeProvider time) : IRegistryTokens
{
    /// <summary>No client sends anything near this; what is longer is not worth decoding.</summary>
    private const int MaxLength = 16 << 10;

    // Tells our tokens from others' at a glance, and a later form from this one.
    private const string Prefix = "eyJGb2di";
    private readonly Sealer _sealer = new(options.RegionKey, "ecr-token");

    public RegistryToken Issue(Principal principal)
    {
        // Whole seconds, as AWS says it on the wire.
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + EcrLimits.TokenLifetime).ToUnixTimeSeconds());
        var plain = JsonSerializer.SerializeToUtf8Bytes(RegistryTokenRecord.Of(principal, expiresAt), TokenJson.Default.RegistryTokenRecord);
        return new(Prefix + Convert.ToBase64String(_sealer.Seal(plain)), expiresAt);
    }

    public RegistryTokenVerdict Verify(string token)
    {
        if (token.Length > MaxLength || !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return new(RegistryTokenState.Invalid, null);
        }

        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token[Prefix.Length..], bytes, out var written)
            || !_sealer.TryOpen(bytes.AsSpan(0, written), out var plain)
            || JsonSerializer.Deserialize(plain, TokenJson.Default.RegistryTokenRecord) is not { } record)
        {
            return new(RegistryTokenState.Invalid, null);
        }

        return record.ExpiresAt <= time.GetUtcNow()
            ? new(RegistryTokenState.Expired, null)
            : new(RegistryTokenState.Valid, record.ToPrincipal());
    }
}
