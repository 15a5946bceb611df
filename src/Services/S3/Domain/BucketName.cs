using System.Buffers;
using System.Net;

namespace Fogbank.Services.S3.Domain;

/// <summary>The rules of bucket names. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html</summary>
internal static class BucketName
{
    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> s_allowed = SearchValues.Create(Alphanumeric + ".-");
    private static readonly SearchValues<char> s_ends = SearchValues.Create(Alphanumeric);
    private static readonly string[] s_reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    private static readonly string[] s_reservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    /// <summary>Whether AWS would let a bucket of that name be made.</summary>
    public static bool IsValid(string name) =>
        name.Length is >= 3 and <= 63
        && !name.AsSpan().ContainsAnyExcept(s_allowed)
        && s_ends.Contains(name[0])
        && s_ends.Contains(name[^1])
        && !name.Contains("..", StringComparison.Ordinal)
        && !LooksLikeAddress(name)
        && !Array.Exists(s_reservedPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal))
        && !Array.Exists(s_reservedSuffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal));

    private static bool LooksLikeAddress(string name) => name.Count(c => c == '.') == 3 && IPAddress.TryParse(name, out _);
}
