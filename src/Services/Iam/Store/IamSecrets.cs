using System.Security.Cryptography;
using Fogbank.Kernel;

namespace Fogbank.Services.Iam.Store;

/// <summary>Seals the secrets of long-term access keys.</summary>
internal sealed class IamSecrets(RegionOptions options)
{
    private readonly Sealer _sealer = new(options.RegionKey, "iam-access-key");

    internal string Seal(string secret) => _sealer.SealText(secret);

    internal string Open(string sealedSecret) =>
        _sealer.TryOpenText(sealedSecret, out var secret)
            ? secret
            : throw new CryptographicException("A stored access key was sealed under another region key.");
}
