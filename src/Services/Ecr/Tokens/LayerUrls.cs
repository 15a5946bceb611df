using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Tokens;

/// <summary>Makes and opens the URLs of layers: sealed, so they name what may be read and until when, and nobody can change that.</summary>
internal sealed class LayerUrls(RegionOptions options, TimeProvider time)
{
    internal const string PathPrefix = "/_aws/ecr/layer/";
    private readonly Sealer _sealer = new(options.RegionKey, "ecr-layer-url");

    internal Uri Create(Uri endpoint, RepositoryKey repository, string digest)
    {
        var record = new LayerUrlRecord
        {
            ExpiresAt = time.GetUtcNow() + EcrLimits.LayerUrlLifetime,
            AccountId = repository.Scope.AccountId,
            Region = repository.Scope.Region,
            Repository = repository.Name,
            Digest = digest,
        };
        var plain = JsonSerializer.SerializeToUtf8Bytes(record, TokenJson.Default.LayerUrlRecord);
        return new Uri(endpoint, PathPrefix + Base64Url.EncodeToString(_sealer.Seal(plain)));
    }

    /// <summary>What a URL's path names. False: not made here, or not whole.</summary>
    internal bool TryOpen(string path, [NotNullWhen(true)] out LayerUrlRecord? record)
    {
        record = null;
        if (!path.StartsWith(PathPrefix, StringComparison.Ordinal) || !Base64Url.IsValid(path.AsSpan(PathPrefix.Length)))
        {
            return false;
        }

        if (!_sealer.TryOpen(Base64Url.DecodeFromChars(path.AsSpan(PathPrefix.Length)), out var plain))
        {
            return false;
        }

        record = JsonSerializer.Deserialize(plain, TokenJson.Default.LayerUrlRecord);
        return record is not null;
    }

    internal bool IsExpired(LayerUrlRecord record) => record.ExpiresAt <= time.GetUtcNow();
}
