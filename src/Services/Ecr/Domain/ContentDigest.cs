using System.Buffers;
using System.Security.Cryptography;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>Digests by which blobs and manifests are named: <c>sha256:</c> or <c>sha512:</c> and lower-case hexadecimal digits.</summary>
internal static class ContentDigest
{
    private const string Sha256Prefix = "sha256:";
    private const string Sha512Prefix = "sha512:";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a text is a digest that the registry can verify.</summary>
    internal static bool IsSupported(string? text) =>
        text is not null
        && ((text.StartsWith(Sha256Prefix, StringComparison.Ordinal) && IsHex(text.AsSpan(7), SHA256.HashSizeInBytes * 2))
            || (text.StartsWith(Sha512Prefix, StringComparison.Ordinal) && IsHex(text.AsSpan(7), SHA512.HashSizeInBytes * 2)));

    /// <summary>A hash of the algorithm that a supported digest names.</summary>
    internal static IncrementalHash HashFor(string digest) =>
        IncrementalHash.CreateHash(IsSha256(digest) ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);

    internal static bool IsSha256(string digest) => digest.StartsWith(Sha256Prefix, StringComparison.Ordinal);

    /// <summary>The digest of what a hash has seen; the hash starts anew.</summary>
    internal static string Finish(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[SHA512.HashSizeInBytes];
        var length = hash.GetHashAndReset(bytes);
        return (length == SHA256.HashSizeInBytes ? Sha256Prefix : Sha512Prefix) + Convert.ToHexStringLower(bytes[..length]);
    }

    /// <summary>The digest of <paramref name="bytes"/> by the algorithm of <paramref name="like"/>; null: SHA-256.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes, string? like = null) => like is null || IsSha256(like)
        ? Sha256Prefix + Convert.ToHexStringLower(SHA256.HashData(bytes))
        : Sha512Prefix + Convert.ToHexStringLower(SHA512.HashData(bytes));

    private static bool IsHex(ReadOnlySpan<char> text, int length) =>
        text.Length == length && !text.ContainsAnyExcept(HexDigits);
}
