using Fogbank.Contracts.Ecr;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>Finds images by what a request calls them, and says what is wrong with that in AWS's words.</summary>
internal static class ImageLookup
{
    /// <summary>One of the two is null.</summary>
    internal static async ValueTask<(ImageRecord? Image, ImageFailure? Failure)> FindAsync(
        EcrStore store, RepositoryKey key, ImageIdentifier id, CancellationToken cancellationToken)
    {
        if (FindFault(id) is { } fault)
        {
            return (null, fault);
        }

        var digest = id.ImageDigest;
        if (id.ImageTag is { } tag)
        {
            var tagged = await store.FindTagAsync(key, tag, cancellationToken);
            if (tagged is null || (digest is not null && tagged.Digest != digest))
            {
                return (null, tagged is null ? NotFound(id) : TagDiffers(id));
            }

            digest = tagged.Digest;
        }

        return await store.FindImageAsync(key, digest!, cancellationToken) is { } image ? (image, null) : (null, NotFound(id));
    }

    /// <summary>What is wrong with an identifier by itself; null for a good one.</summary>
    internal static ImageFailure? FindFault(ImageIdentifier id) =>
        id is { ImageDigest: null, ImageTag: null }
            ? ImageView.Failure(id, ImageFailureCode.MissingDigestAndTag, "Invalid request parameters: both tag and digest cannot be null")
            : id.ImageDigest is { } digest && !IsDigest(digest)
                ? ImageView.Failure(
                    id, ImageFailureCode.InvalidImageDigest, "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'")
            : id.ImageTag is { } tag && !RegistryNames.IsTag(tag)
                ? ImageView.Failure(
                    id, ImageFailureCode.InvalidImageTag, $"Invalid request parameters: image tag should satisfy the regex '{TagForm}'")
            : null;

    internal static ImageFailure NotFound(ImageIdentifier id) => ImageView.Failure(id, ImageFailureCode.ImageNotFound, "Requested image not found");

    internal static ImageFailure TagDiffers(ImageIdentifier id) =>
        ImageView.Failure(id, ImageFailureCode.ImageTagDoesNotMatchDigest, "Requested image tag does not match the requested image digest");

    internal const string TagForm = "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,299}";

    internal static bool IsDigest(string digest)
    {
        var colon = digest.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && colon < digest.Length - 1
            && digest.AsSpan(0, colon).IndexOfAnyExcept(AlgorithmLetters) < 0
            && digest.AsSpan(colon + 1).IndexOfAnyExcept(HexDigits) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> AlgorithmLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+.");

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
