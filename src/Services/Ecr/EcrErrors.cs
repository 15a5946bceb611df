using System.Globalization;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr;

/// <summary>The errors of the registry's API, in AWS's words.</summary>
internal static class EcrErrors
{
    internal static AwsException NoSuchRepository(RepositoryKey key) =>
        new(EcrErrorCodes.RepositoryNotFoundException, $"The repository with name '{key.Name}' does not exist in the registry with id '{key.RegistryId}'");

    internal static AwsException RepositoryExists(RepositoryKey key) =>
        new(EcrErrorCodes.RepositoryAlreadyExistsException, $"The repository with name '{key.Name}' already exists in the registry with id '{key.RegistryId}'");

    internal static AwsException RepositoryNotEmpty(RepositoryKey key) => new(
        EcrErrorCodes.RepositoryNotEmptyException,
        $"The repository with name '{key.Name}' in registry with id '{key.RegistryId}' cannot be deleted because it still contains images");

    internal static AwsException NoPolicy(RepositoryKey key) => new(
        EcrErrorCodes.RepositoryPolicyNotFoundException,
        $"Repository policy does not exist for the repository with name '{key.Name}' in the registry with id '{key.RegistryId}'");

    internal static AwsException InvalidParameter(string parameter, string constraint) =>
        new(EcrErrorCodes.InvalidParameterException, $"Invalid parameter at '{parameter}' failed to satisfy constraint: '{constraint}'");

    internal static AwsException NotSupported(string setting) =>
        CommonErrors.SettingNotSupported(EcrErrorCodes.InvalidParameterException, setting);

    internal static AwsException InvalidTag(string message) => new(EcrErrorCodes.InvalidTagParameterException, message);

    internal static AwsException TooManyTags() => new(
        EcrErrorCodes.TooManyTagsException,
        string.Create(CultureInfo.InvariantCulture, $"The list of tags on the repository is over the limit. The maximum number of tags that can be applied to a repository is {EcrLimits.ResourceTags}."));

    internal static AwsException NoSuchImage(RepositoryKey key, string? digest, string? tag) => new(
        EcrErrorCodes.ImageNotFoundException,
        $"The image with imageId {{imageDigest:'{digest ?? "null"}', imageTag:'{tag ?? "null"}'}} does not exist within the repository with name '{key.Name}' in the registry with id '{key.RegistryId}'");

    internal static AwsException ImageExists(RepositoryKey key, string digest, string? tag) => new(
        EcrErrorCodes.ImageAlreadyExistsException,
        $"Image with digest '{digest}' and tag '{tag ?? "null"}' already exists in the repository with name '{key.Name}' in registry with id '{key.RegistryId}'");

    internal static AwsException TagIsImmutable(RepositoryKey key, string tag) => new(
        EcrErrorCodes.ImageTagAlreadyExistsException,
        $"The image tag '{tag}' already exists in the '{key.Name}' repository and cannot be overwritten because the repository is immutable.");

    internal static AwsException DigestDoesNotMatch(string given, string computed) => new(
        EcrErrorCodes.ImageDigestDoesNotMatchException, $"The specified image digest '{given}' does not match the digest that Amazon ECR calculated for the image, '{computed}'.");

    internal static AwsException LayersMissing(RepositoryKey key, IEnumerable<string> digests) => new(
        EcrErrorCodes.LayersNotFoundException,
        $"Layers with digests '[{string.Join(", ", digests)}]' required for pushing image into repository with name '{key.Name}' in the registry with id '{key.RegistryId}' do not exist");

    internal static AwsException ReferencedImagesMissing(RepositoryKey key, IEnumerable<string> digests) => new(
        EcrErrorCodes.ReferencedImagesNotFoundException,
        $"Images with digests '[{string.Join(", ", digests)}]' required for pushing image into repository with name '{key.Name}' in the registry with id '{key.RegistryId}' do not exist");

    internal static AwsException NoSuchLayer(RepositoryKey key, string digest) => new(
        EcrErrorCodes.LayersNotFoundException,
        $"The layer with digest '{digest}' does not exist within the repository with name '{key.Name}' in the registry with id '{key.RegistryId}'");

    internal static AwsException LayerExists(RepositoryKey key, string digest) => new(
        EcrErrorCodes.LayerAlreadyExistsException,
        $"The layer with digest '{digest}' already exists in the repository with name '{key.Name}' in registry with id '{key.RegistryId}'");

    internal static AwsException NoSuchUpload(RepositoryKey key, string upload) => new(
        EcrErrorCodes.UploadNotFoundException,
        $"The upload with id '{upload}' could not be found for the repository with name '{key.Name}' in the registry with id '{key.RegistryId}'");

    internal static AwsException InvalidLayerPart(RepositoryKey key, string upload, long lastValidByte, string message) => new(
        EcrErrorCodes.InvalidLayerPartException,
        message,
        new Dictionary<string, string>
        {
            ["registryId"] = key.RegistryId,
            ["repositoryName"] = key.Name,
            ["uploadId"] = upload,
        })
    {
        Numbers = new Dictionary<string, long> { ["lastValidByteReceived"] = Math.Max(0, lastValidByte) },
    };

    internal static AwsException LayerPartTooSmall() => new(EcrErrorCodes.LayerPartTooSmallException, "Layer parts must be at least 5 MiB in size.");

    internal static AwsException EmptyUpload() =>
        new(EcrErrorCodes.EmptyUploadException, "The specified layer upload does not contain any layer parts.");

    internal static AwsException LayerDigestDoesNotMatch() => new(
        EcrErrorCodes.InvalidLayerException,
        "The layer digest calculation performed by Amazon ECR upon receipt of the image layer does not match the digest specified.");

    internal static AwsException LimitExceeded(string message) => new(EcrErrorCodes.LimitExceededException, message);

    internal static AwsException TemplateExists(string prefix, string registryId) => new(
        EcrErrorCodes.TemplateAlreadyExistsException,
        $"The repository creation template with prefix '{prefix}' already exists in the registry with id '{registryId}'");

    internal static AwsException NoSuchTemplate(string prefix, string registryId) => new(
        EcrErrorCodes.TemplateNotFoundException,
        $"The repository creation template with prefix '{prefix}' does not exist in the registry with id '{registryId}'");
}
