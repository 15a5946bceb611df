using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>The image of one function configuration.</summary>
internal sealed class FunctionImage(FunctionKey function, VersionRecord version, FunctionImages images)
{
    /// <summary>What to start.</summary>
    /// <exception cref="AwsException">The image is gone, and the function now failed.</exception>
    internal async ValueTask<ImageContent> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await images.GetAsync(function, version.Code.Image!, cancellationToken);
        }
        catch (ImageException missing)
        {
            throw await LoseAsync(missing);
        }
    }

    /// <summary>The image, or a layer that the engine had to read again, is not there any more.</summary>
    internal async ValueTask<AwsException> LoseAsync(ImageException missing)
    {
        await images.FailAsync(function, version, CodeProblem.Of(version.Code.Image!, missing), CancellationToken.None);
        return LambdaErrors.NotInvocable(FunctionStates.Failed);
    }
}
