using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Http;

/// <summary>The registry's refusals. Codes: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes</summary>
internal static class RegistryErrors
{
    internal static RegistryException NameInvalid(string name) =>
        new(400, "NAME_INVALID", $"Invalid repository name '{name}': 2 to 256 characters, lower case letters, digits, and single . _ - between them, in parts between slashes");

    internal static RegistryException NameUnknown(RepositoryKey key) =>
        new(404, "NAME_UNKNOWN", $"The repository with name '{key.Name}' does not exist in the registry with id '{key.RegistryId}'");

    internal static RegistryException ManifestUnknown() => new(404, "MANIFEST_UNKNOWN", "Requested image not found");

    internal static RegistryException NotAcceptable(string mediaType) =>
        new(404, "MANIFEST_UNKNOWN", $"The image is a manifest of type {mediaType}, and the client's Accept header does not allow that");

    internal static RegistryException ManifestInvalid(string problem) => new(400, "MANIFEST_INVALID", problem);

    internal static RegistryException ManifestTooLarge() =>
        new(413, "SIZE_INVALID", $"A manifest may have {ManifestReader.MaxBytes} bytes at most");

    internal static RegistryException LayersMissing(RepositoryKey key, IReadOnlyList<string> digests) =>
        new(404, "MANIFEST_BLOB_UNKNOWN", $"Layers with digests '[{string.Join(", ", digests.Take(20))}]' required for pushing image into repository with name '{key.Name}' in the registry with id '{key.RegistryId}' do not exist");

    internal static RegistryException ImagesMissing(RepositoryKey key, IReadOnlyList<string> digests) =>
        new(404, "MANIFEST_BLOB_UNKNOWN", $"Images with digests '[{string.Join(", ", digests.Take(20))}]' required for pushing image into repository with name '{key.Name}' in the registry with id '{key.RegistryId}' do not exist");

    internal static RegistryException SizesDiffer(IReadOnlyList<string> digests) =>
        ManifestInvalid($"the manifest says another size than the blobs have: {string.Join(", ", digests.Take(20))}");

    internal static RegistryException TagInvalid(string tag) =>
        new(400, "TAG_INVALID", $"'{tag}' is neither a tag nor a digest of sha256 or sha512");

    internal static RegistryException TagImmutable(RepositoryKey key, string tag) =>
        new(400, "TAG_INVALID", $"The image tag '{tag}' already exists in the '{key.Name}' repository and cannot be overwritten because the repository is immutable.");

    internal static RegistryException TooManyTags(RepositoryKey key) =>
        new(400, "TAG_INVALID", $"An image in the '{key.Name}' repository may have 1000 tags at most");

    internal static RegistryException DigestInvalid(string? digest) =>
        new(400, "DIGEST_INVALID", $"'{digest}' is not a digest of sha256 or sha512 in lower case");

    internal static RegistryException DigestDiffers(string digest, string? actual) =>
        new(400, "DIGEST_INVALID", $"The digest '{digest}' was promised, and what was sent has '{actual}'");

    internal static RegistryException BlobUnknown() => new(404, "BLOB_UNKNOWN", "Requested blob not found");

    internal static RegistryException BlobInUse(int images) =>
        new(405, "UNSUPPORTED", $"The blob is used by {images} image(s) of the repository: delete those, and it goes with them");

    internal static RegistryException UploadUnknown(string id) =>
        new(404, "BLOB_UPLOAD_UNKNOWN", $"There is no upload '{id}' in the repository: it was completed, cancelled, or nothing came for too long");

    internal static RegistryException UploadInvalid(string problem) => new(400, "BLOB_UPLOAD_INVALID", problem);

    internal static RegistryException UploadStalled() => new(408, "BLOB_UPLOAD_INVALID", "The body stood still for too long; what arrived is kept");

    internal static RegistryException RangeInvalid(string problem) => new(416, "BLOB_UPLOAD_INVALID", problem);

    internal static RegistryException BlobTooLarge() => new(413, "SIZE_INVALID", "A layer may have 52000 MiB at most");

    internal static RegistryException ImageReferenced() =>
        new(409, "DENIED", "Requested image is referenced by a manifest list: delete the list first");

    internal static RegistryException PageInvalid() => new(400, "PAGINATION_NUMBER_INVALID", "n must be a number of 0 or more");

    internal static RegistryException MethodNotAllowed() => new(405, "UNSUPPORTED", "The method is not supported for this path");

    internal static RegistryException NoToken() => new(401, "UNAUTHORIZED", "Not Authorized");

    internal static RegistryException TokenExpired() =>
        new(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");

    internal static RegistryException Denied(string message) => new(403, "DENIED", message);

    internal static RegistryException Busy() => new(429, "TOOMANYREQUESTS", "Rate exceeded")
    {
        Headers = [new("Retry-After", "1")],
    };

    internal static RegistryException DiskFailed() =>
        new(507, "UNKNOWN", "The region could not write what was sent: its disk is full, or failed. Nothing of it became visible.");
}
