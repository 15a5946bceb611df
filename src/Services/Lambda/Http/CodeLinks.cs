using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Http;

/// <summary>Signed links to deployment packages, as AWS's presigned ones: whoever has the link may read it until it expires.</summary>
internal sealed class CodeLinks(RegionOptions region, TimeProvider time)
{
    internal const string PathPrefix = "/_aws/lambda/code/";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // Derived when first needed: see Sealer.
    private readonly Lazy<byte[]> _key = new(
        () => HKDF.DeriveKey(HashAlgorithmName.SHA256, region.RegionKey.ToArray(), 32, info: "fogbank lambda code links"u8.ToArray()));

    internal string For(CodeRecord code, Uri endpoint)
    {
        var expires = (time.GetUtcNow() + Life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new Uri(endpoint, $"{PathPrefix}{code.Digest}?Expires={expires}&Signature={Sign(code.Digest, expires)}").ToString();
    }

    /// <summary>Whether a link was made here and still holds.</summary>
    internal bool IsValid(string digest, string? expires, string? signature) =>
        long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && signature is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(digest, expires)))
        && time.GetUtcNow().ToUnixTimeSeconds() <= until;

    private string Sign(string digest, string expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{digest}\n{expires}")));
}
