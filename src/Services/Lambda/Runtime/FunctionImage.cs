using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>The image of one function configuration. It is looked for in the registry now and then, not at every start.</summary>
internal sealed class FunctionImage(FunctionKey function, VersionRecord version, FunctionImages images, LambdaOptions options, TimeProvider time)
{
    private sealed record Found(ImageContent Content, long At);

    private Found? _found;

    /// <summary>What to start.</summary>
    /// <exception cref="AwsException">The image is gone, and the function now failed.</exception>
    internal async ValueTask<ImageContent> GetAsync(CancellationToken cancellationToken)
    {
        if (_found is { } known && time.GetElapsedTime(known.At) < options.ImageCheckInterval)
        {
            return known.Content;
        }

        try
        {
            var content = await images.FindAsync(function, version.Code.Image!, cancellationToken);
            _found = new(content, time.GetTimestamp());
            return content;
        }
        catch (ImageException missing)
        {
            throw await LoseAsync(missing);
        }
    }

    /// <summary>The image, or a layer that the engine had to read again, is not there any more.</summary>
    internal async ValueTask<AwsException> LoseAsync(ImageException missing)
    {
        _found = null;
        await images.FailAsync(function, version, CodeProblem.Of(version.Code.Image!, missing), CancellationToken.None);
        return LambdaErrors.NotInvocable(FunctionStates.Failed);
    }
}
