using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Store;

/// <summary>Seals functions' environment variables, which are often secrets, under a key derived from the region's.</summary>
internal sealed class EnvironmentSeal : IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Made when first needed: see Sealer.
    private readonly Lazy<AesGcm> _cipher;
    private readonly IIdSource _ids;

    public EnvironmentSeal(RegionOptions region, IIdSource ids)
    {
        _cipher = new(() => new AesGcm(
            HKDF.DeriveKey(HashAlgorithmName.SHA256, region.RegionKey.ToArray(), 32, info: "fogbank lambda environment"u8.ToArray()), TagBytes));
        _ids = ids;
    }

    /// <summary>The variables, readable only by this region and only for this function.</summary>
    internal string Seal(FunctionKey function, IReadOnlyDictionary<string, string> variables)
    {
        var plain = Encoding.UTF8.GetBytes(EnvironmentRules.ToJson(variables));
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        _ids.Fill(nonce);
        _cipher.Value.Encrypt(
            nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(function.Arn));
        return Convert.ToBase64String(sealedBytes);
    }

    /// <summary>Opens what <see cref="Seal"/> made; null for null.</summary>
    /// <exception cref="CryptographicException">The region's key is not the one it was sealed under.</exception>
    internal IReadOnlyDictionary<string, string>? Open(FunctionKey function, string? sealedText)
    {
        if (sealedText is null)
        {
            return null;
        }

        var bytes = Convert.FromBase64String(sealedText);
        var plain = new byte[bytes.Length - NonceBytes - TagBytes];
        _cipher.Value.Decrypt(
            bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length), plain, Encoding.UTF8.GetBytes(function.Arn));
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(plain);
        foreach (var variable in document.RootElement.EnumerateObject())
        {
            variables[variable.Name] = variable.Value.GetString() ?? "";
        }

        return variables;
    }

    public void Dispose()
    {
        if (_cipher.IsValueCreated)
        {
            _cipher.Value.Dispose();
        }
    }
}
