using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Kernel;

/// <summary>
/// Seals secrets under the region's key (AES-256-GCM): what is sealed can be read and changed by this region only. Each purpose has a key of
/// its own, so a text sealed for one purpose does not open for another. Safe for use from many threads.
/// </summary>
public sealed class Sealer
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly Lazy<byte[]> _key;

    /// <param name="regionKey">The region's 32 secret bytes.</param>
    /// <param name="purpose">What is sealed; stays for ever, since stored texts depend on it.</param>
    public Sealer(ReadOnlyMemory<byte> regionKey, string purpose) =>

        // Derived when first needed: loading the cryptographic library would take a fifth of the region's start, and megabytes.
        _key = new(() => HKDF.DeriveKey(HashAlgorithmName.SHA256, regionKey.ToArray(), 32, info: Encoding.UTF8.GetBytes(purpose)));

    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key.Value, TagBytes);
        aes.Encrypt(
            sealedBytes.AsSpan(0, NonceBytes), plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length));
        return sealedBytes;
    }

    /// <returns>False for anything that this region did not seal for this purpose.</returns>
    public bool TryOpen(ReadOnlySpan<byte> sealedBytes, [NotNullWhen(true)] out byte[]? plain)
    {
        plain = null;
        var length = sealedBytes.Length - NonceBytes - TagBytes;
        if (length < 0)
        {
            return false;
        }

        var opened = new byte[length];
        using var aes = new AesGcm(_key.Value, TagBytes);
        try
        {
            aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes.Slice(NonceBytes, length), sealedBytes[(NonceBytes + length)..], opened);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        plain = opened;
        return true;
    }

    public string SealText(string plain) => Convert.ToBase64String(Seal(Encoding.UTF8.GetBytes(plain)));

    /// <inheritdoc cref="TryOpen(ReadOnlySpan{byte}, out byte[])"/>
    public bool TryOpenText(string sealedText, [NotNullWhen(true)] out string? plain)
    {
        plain = null;
        var bytes = new byte[sealedText.Length];
        if (!Convert.TryFromBase64String(sealedText, bytes, out var written) || !TryOpen(bytes.AsSpan(0, written), out var opened))
        {
            return false;
        }

        plain = Encoding.UTF8.GetString(opened);
        return true;
    }
}
