using Fogbank.Contracts.Lambda;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>Which settings go with which kind of package: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html</summary>
internal static class ImageSettings
{
    private const string NotForImages = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.";
    private const string NotForPackages = "Please don't provide ImageConfig when the intended function PackageType is Zip.";

    /// <summary>Checks what a creation says; true where it wants an image.</summary>
    internal static bool Check(CreateFunctionRequest request)
    {
        var code = request.Code;
        if (request.PackageType != PackageType.Image)
        {
            if (request.ImageConfig is not null)
            {
                throw LambdaErrors.InvalidParameter(NotForPackages);
            }

            return false;
        }

        if (!string.IsNullOrEmpty(request.Runtime) || !string.IsNullOrEmpty(request.Handler) || request.Layers is { Count: > 0 })
        {
            throw LambdaErrors.InvalidParameter(NotForImages);
        }

        if (string.IsNullOrEmpty(code.ImageUri))
        {
            throw LambdaErrors.InvalidParameter("Please provide ImageUri when creating a function with packageType Image.");
        }

        if (code.ZipFile is not null || code.S3Bucket is not null || code.S3Key is not null || code.S3ObjectVersion is not null)
        {
            throw LambdaErrors.InvalidParameter("Please do not provide other FunctionCode parameters when providing an ImageUri.");
        }

        return true;
    }

    /// <summary>Checks new code for a function of a kind.</summary>
    internal static void Check(UpdateFunctionCodeRequest request, bool isImage)
    {
        if (!isImage && request.ImageUri is not null)
        {
            throw LambdaErrors.InvalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
        }

        if (isImage && string.IsNullOrEmpty(request.ImageUri))
        {
            throw LambdaErrors.InvalidParameter("Please provide ImageUri when updating a function with packageType Image.");
        }

        if (isImage && (request.ZipFile is not null || request.S3Bucket is not null || request.S3Key is not null || request.S3ObjectVersion is not null))
        {
            throw LambdaErrors.InvalidParameter("Please do not provide other FunctionCode parameters when providing an ImageUri.");
        }
    }

    /// <summary>Checks new settings for a function of a kind.</summary>
    internal static void Check(UpdateFunctionConfigurationRequest request, bool isImage)
    {
        if (isImage && (request.Runtime is not null || request.Handler is not null || request.Layers is { Count: > 0 }))
        {
            throw LambdaErrors.InvalidParameter(NotForImages);
        }

        if (!isImage && request.ImageConfig is not null)
        {
            throw LambdaErrors.InvalidParameter(NotForPackages);
        }
    }
}
