using Fogbank.Contracts.Ecr;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Views;

/// <summary>An image.</summary>
internal static class ImageView
{
    internal static ImageDetail Detail(RepositoryKey key, ImageRecord image, IReadOnlyList<string> tags) => new()
    {
        RegistryId = key.RegistryId,
        RepositoryName = key.Name,
        ImageDigest = image.Digest,
        ImageTags = tags.Count == 0 ? null : tags,
        ImageSizeInBytes = image.SizeBytes,
        ImagePushedAt = image.PushedAt,
        ImageManifestMediaType = image.MediaType,
        ArtifactMediaType = image.ArtifactType,
        LastRecordedPullTime = image.LastPulledAt,
        SubjectManifestDigest = image.Subject,
        ImageStatus = ImageStatus.Active,
    };

    internal static Image From(RepositoryKey key, ImageRecord image, string? tag, string manifest) => new()
    {
        RegistryId = key.RegistryId,
        RepositoryName = key.Name,
        ImageId = new() { ImageDigest = image.Digest, ImageTag = tag },
        ImageManifest = manifest,
        ImageManifestMediaType = image.MediaType,
    };

    internal static ImageFailure Failure(ImageIdentifier id, string code, string reason) => new()
    {
        ImageId = new() { ImageDigest = id.ImageDigest, ImageTag = id.ImageTag },
        FailureCode = code,
        FailureReason = reason,
    };
}
