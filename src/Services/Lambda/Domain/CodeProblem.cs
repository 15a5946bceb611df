using Fogbank.Engines;
using Fogbank.Kernel.Images;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>Why code cannot be used: a StateReasonCode of the API, and the words beside it.</summary>
internal sealed record CodeProblem(string Code, string Reason)
{
    private const string InvalidImage = "InvalidImage";

    /// <summary>A deployment package that cannot be unpacked.</summary>
    internal static CodeProblem OfPackage(EngineException damaged) => new("InvalidZipFileException", damaged.Message);

    internal static CodeProblem Of(ImageCodeRecord image, ImageException missing) => missing.Kind switch
    {
        ImageErrorKind.RepositoryNotFound or ImageErrorKind.ImageNotFound => new("ImageDeleted", $"The image {image.ResolvedUri} is no longer in its repository."),
        ImageErrorKind.AccessDenied => new("ImageAccessDenied", "Lambda does not have permission to access the ECR image. Check the ECR permissions."),
        _ => new(InvalidImage, missing.Message),
    };

    /// <summary>What an engine says of an image; null where trying again may help.</summary>
    internal static CodeProblem? Of(EngineException failed) => failed.Kind switch
    {
        EngineErrorKind.ArtifactTooLarge => new(InvalidImage, "SizeLimitExceeded: Uncompressed container image size exceeds 10 GiB limit"),
        EngineErrorKind.ArtifactInvalid => new(InvalidImage, $"ImageLayerFailure: {failed.Message}"),
        EngineErrorKind.Unsupported or EngineErrorKind.InvalidSpec => new("InternalError", failed.Message),
        _ => null,
    };
}
